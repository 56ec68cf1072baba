namespace GuestMemory.Rmp;

/// <summary>One page of the launch: Pre-Guest, then the firmware's LAUNCH_UPDATE; refused, the page is reclaimed and shared again.</summary>
internal sealed class SnpPageFiller : IPopulateFiller
{
    private readonly SnpHost _host;
    private readonly HostedSnpGuest _guest;
    private readonly LaunchPageType _type;

    public SnpPageFiller(SnpHost host, HostedSnpGuest guest, LaunchPageType type)
    {
        _host = host;
        _guest = guest;
        _type = type;
    }

    /// <summary>The firmware's status of the last page.</summary>
    public SevStatus Status { get; private set; }

    /// <summary>The frame in which the firmware corrected a page of CPUID answers it refused, and that is the host's again.</summary>
    public Pfn? Corrected { get; private set; }

    public Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> bytes)
    {
        var page = new PhysicalPage(frame, PageSize.Size4K);
        if (_host.Platform.Table.Resolve(frame).Assigned)
        {
            return SnpCommandRules.Assigned.Refuse();
        }

        vm.Machine.Contents.Fill(frame, bytes);
        if (!_host.Update(RmpUpdateOperands.Assign(page, _guest.Asid, gfn.Address, immutable: true)).IsSuccess)
        {
            return SnpCommandRules.NotAssigned.Refuse();
        }

        var updated = _host.Firmware(frame, _host.Platform.Firmware.LaunchUpdate(_guest.Context!.Value, page, _type));
        Status = updated.Status;
        if (updated.IsSuccess)
        {
            return Outcome.Success;
        }

        var isCorrected = _host.TakeBack(frame) && _type == LaunchPageType.Cpuid && updated.Status == SevStatus.InvalidParam;
        Corrected = isCorrected ? frame : null;
        return SnpCommandRules.Firmware.Refuse((ulong)updated.Status);
    }
}
