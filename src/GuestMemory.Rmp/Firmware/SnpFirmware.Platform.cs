namespace GuestMemory.Rmp;

/// <content>The platform's life: building the table, beginning, ending.</content>
public sealed partial class SnpFirmware
{
    private PfnRange WholeTable
    {
        get
        {
            var covered = _platform.Table.Coverage.Covered;
            return covered.Count == 0 ? default : PfnRange.FromBounds(covered[0].Start, covered[^1].End);
        }
    }

    /// <summary>SNP_INIT_EX (0x85).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult InitEx(in InitOperands operands) => Ended(SevCommand.InitEx, WholeTable, Decide(Rmp.InitEx.Checks, Rmp.InitEx.Commit, operands));

    /// <summary>SNP_RMP_CREATE (0x87), with what installs its table.</summary>
    /// <param name="operands">The operands; the table is built whatever they say.</param>
    public FirmwareResult RmpCreate(in InitOperands operands) =>
        Ended(SevCommand.RmpCreate, WholeTable, Decide(Rmp.RmpCreate.Checks, Rmp.RmpCreate.Commit, operands with { BuildsTable = true }));

    /// <summary>SNP_DF_FLUSH (0x84).</summary>
    public FirmwareResult DfFlush() => DfFlush(default);

    /// <summary>SNP_DF_FLUSH (0x84).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult DfFlush(in FlushOperands operands) => Run(SevCommand.DfFlush, Rmp.DfFlush.Checks, Rmp.DfFlush.Commit, operands);

    /// <summary>SNP_SHUTDOWN_EX (0x86).</summary>
    /// <param name="iommu">Ends the IOMMUs' checks; the table must be built anew.</param>
    /// <param name="x86">Switches SNP off in the processors; only together with <paramref name="iommu"/>.</param>
    public FirmwareResult ShutdownEx(bool iommu = false, bool x86 = false) => ShutdownEx(new ShutdownOperands(iommu, x86));

    /// <summary>SNP_SHUTDOWN_EX (0x86).</summary>
    /// <param name="operands">The operands.</param>
    public FirmwareResult ShutdownEx(in ShutdownOperands operands)
    {
        var call = new FirmwareCall<ShutdownOperands>(_platform, operands);
        var refusal = Rmp.ShutdownEx.Checks.Decide(ref call, _platform.Rules);
        if (refusal is null)
        {
            Rmp.ShutdownEx.Act(call);
            refusal = Rmp.ShutdownEx.LateChecks.Decide(ref call, _platform.Rules);
        }

        if (refusal is null)
        {
            Rmp.ShutdownEx.Commit(call);
        }

        return Ended(SevCommand.ShutdownEx, WholeTable, refusal);
    }

    // As after SNP_INIT_EX: the table's own pages are the firmware's, the rest the hypervisor's.
    internal void Boot()
    {
        BuildTable(new(BuildsTable: true));
        Begin();
    }

    internal void BuildTable(in InitOperands operands)
    {
        var table = _platform.Table;
        table.Clear();
        Fill(operands.FixedRanges, FirmwareEntries.HvFixed);
        Fill(operands.IommuBuffers, FirmwareEntries.IommuBuffer);
        foreach (var own in table.Coverage.OwnPages)
        {
            FillCovered(own, FirmwareEntries.Firmware);
        }

        IsTableBuilt = true;
        ChecksDevices = true;
        foreach (var run in table.Coverage.Covered)
        {
            _platform.InvalidateTranslations(run);
        }
    }

    internal void Begin() => State = SnpPlatformState.Init;

    internal void ShutDown()
    {
        _guests.Clear();
        _platform.Keys.Clear();
        State = SnpPlatformState.Uninit;
    }

    internal void ReleaseIommus()
    {
        foreach (var run in _platform.Table.Runs().ToList())
        {
            if (run.First.IommuBuffer)
            {
                _platform.Table.Fill(run.Frames, FirmwareEntries.Reclaim);
            }
        }

        IsTableBuilt = false;
        ChecksDevices = false;
    }

    private void Fill(IReadOnlyList<FirmwareRange>? ranges, in RmpEntry entry)
    {
        foreach (var range in ranges ?? [])
        {
            FillCovered(range.Frames, entry);
        }
    }

    private void FillCovered(PfnRange frames, in RmpEntry entry)
    {
        foreach (var covered in _platform.Table.Coverage.Covered)
        {
            _platform.Table.Fill(frames.Intersect(covered), entry);
        }
    }
}
