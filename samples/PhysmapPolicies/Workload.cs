using GuestMemory;
using GuestMemory.Rmp;

namespace PhysmapPolicies;

/// <summary>A host's day: four times four guests come, share one 4K page in every eighth of their 2M pages (others each time), take it back, and go.</summary>
internal sealed class Workload
{
    private const int Waves = 4, Guests = 4, Vcpus = 64, LargePages = 200, Stride = 8;
    private const ulong Frames = 1UL << 21, SharedPage = 7;
    private static readonly HostDataKind[] s_vcpuData = [HostDataKind.Stack, HostDataKind.PageTable, HostDataKind.PlainData];
    private static readonly HostDataKind[] s_processorData = [HostDataKind.DescriptorTable, HostDataKind.PlainData];
    private readonly FramePool _pool;
    private readonly SnpPlatform _platform = new(RmpCoverage.AtEndOf(new(default, Frames)));
    private readonly HostDirectMap _map;

    public Workload(DirectMapPolicy policy, IFrameChoice choice)
    {
        _map = new(_platform, new(default, Frames), policy);
        _pool = new MachineFactory(new() { Frames = Frames, FrameChoice = choice }).Create().Frames;
    }

    /// <summary>2 MiB-aligned, in the second gigabyte.</summary>
    public static PfnRange PoolWindow { get; } = new(new(1UL << 18), 2 * 512);

    public DirectMapCounters Counters => _map.Counters;

    /// <summary>Faults on the kernel's own data, shared pages of guests left out.</summary>
    public int FaultsOnData { get; private set; }

    public bool WasMixed { get; private set; }

    public bool WasExposed { get; private set; }

    public void Run()
    {
        // A context page goes back to the firmware and serves the next guest; the host never gets it again.
        var processors = new List<(Pfn, HostDataKind)>();
        for (var guest = 0; guest < Guests; guest++)
        {
            Update(RmpUpdateOperands.ToFirmware(new(Take(FramePurpose.Firmware), PageSize.Size4K)));
            KeepData(processors, s_processorData);
        }

        for (var wave = 0; wave < Waves; wave++)
        {
            var guests = Enumerable.Range(1, Guests).Select(number => Come(new Asid((uint)number))).ToList();
            guests.ForEach(guest => Share(guest, wave));
            WasExposed |= DirectMapInvariants.FindExposedPage(_map, _platform.Table) is not null;
            guests.ForEach(guest => Unshare(guest, wave));
            guests.ForEach(Go);
        }
    }

    private Guest Come(Asid asid)
    {
        var guest = new Guest(asid, [], [], []);
        for (var vcpu = 0; vcpu < Vcpus; vcpu++)
        {
            guest.SaveAreas.Add(Take(FramePurpose.Firmware));
            Update(RmpUpdateOperands.Assign(new(guest.SaveAreas[^1], PageSize.Size4K), asid, new(0xffff_ffff_f000)));
            KeepData(guest.HostData, s_vcpuData);
        }

        for (var page = 0; page < LargePages; page++)
        {
            guest.Memory.Add(Take(FramePurpose.Guest, order: 9));
            Update(RmpUpdateOperands.Assign(new(guest.Memory[^1], PageSize.Size2M), asid, new((ulong)page << 21)));
        }

        return guest;
    }

    private void Share(Guest guest, int wave)
    {
        for (var page = wave; page < LargePages; page += Stride)
        {
            Succeed(_map.Psmash(guest.Memory[page]));
            Update(RmpUpdateOperands.Share(new(guest.Memory[page] + SharedPage, PageSize.Size4K)));
            WasMixed |= DirectMapInvariants.FindMixedBlock(_map, _platform.Table) is not null;
            _map.Write(guest.Memory[page] + SharedPage, HostDataKind.Ghcb);
        }

        guest.HostData.ForEach(data => WriteData(data.Frame, data.Kind));
    }

    private void Unshare(Guest guest, int wave)
    {
        for (var page = wave; page < LargePages; page += Stride)
        {
            var gpa = ((ulong)page << 21) + (SharedPage << 12);
            Update(RmpUpdateOperands.Assign(new(guest.Memory[page] + SharedPage, PageSize.Size4K), guest.Asid, new(gpa)));
        }
    }

    // As KVM does: by the size of the entries, smashed pages one by one.
    private void Go(Guest guest)
    {
        foreach (var head in guest.Memory)
        {
            var size = _platform.Table.IsInLargePage(head) ? PageSize.Size2M : PageSize.Size4K;
            for (var at = head; at < head + 512; at += size.FrameCount())
            {
                Update(RmpUpdateOperands.Share(new(at, size)));
            }

            _pool.GiveBack(new(head, 512));
        }

        guest.SaveAreas.ForEach(frame => Update(RmpUpdateOperands.Share(new(frame, PageSize.Size4K))));
        guest.SaveAreas.ForEach(frame => _pool.GiveBack(new(frame, 1)));
        guest.HostData.ForEach(data => _pool.GiveBack(new(data.Frame, 1)));
    }

    private void KeepData(List<(Pfn Frame, HostDataKind Kind)> kept, HostDataKind[] kinds)
    {
        foreach (var kind in kinds)
        {
            kept.Add((Take(FramePurpose.Kernel), kind));
            WriteData(kept[^1].Frame, kind);
        }
    }

    private void WriteData(Pfn frame, HostDataKind kind) => FaultsOnData += _map.Write(frame, kind).Verdict.IsAllowed ? 0 : 1;

    private Pfn Take(FramePurpose purpose, int order = 0) =>
        _pool.TryTake(new(order, 1UL << order, purpose), out var frames) ? frames.Start : throw new InvalidOperationException($"No frame is left for {purpose}.");

    private void Update(in RmpUpdateOperands operands) => Succeed(_map.RmpUpdate(operands));

    private static void Succeed(InstructionResult result)
    {
        if (!result.IsSuccess)
        {
            throw new InvalidOperationException($"The workload ran into {result}.");
        }
    }

    private sealed record Guest(Asid Asid, List<Pfn> Memory, List<Pfn> SaveAreas, List<(Pfn Frame, HostDataKind Kind)> HostData);
}
