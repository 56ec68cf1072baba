using BenchmarkDotNet.Attributes;
using GuestMemory.Kvm;

namespace GuestMemory.Benchmarks;

/// <summary>1 TiB handed to a guest and mapped as 2 MiB pages.</summary>
[MemoryDiagnoser]
public class MapRunBenchmarks
{
    private const ulong Leaves = 1UL << 19;
    private static readonly GfnRange s_gfns = new(default, Leaves << 9);
    private static readonly PfnRange s_frames = new(new(1UL << 9), Leaves << 9);
    private VirtualMachine _vm = null!;
    private SoftwareOwnershipTable _table = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var options = new MachineOptions { Frames = 1UL << 30, FramesPerNode = 1UL << 30 };
        var machine = new MachineFactory(options, [SoftwareProtectedVm.Instance]).Create();
        _vm = machine.CreateVm(SoftwareProtectedVm.Instance);
        _table = (SoftwareOwnershipTable)machine.Ownership;
    }

    /// <summary>As one run: how a caller that knows its frames are contiguous asks.</summary>
    [Benchmark]
    public bool OneRun()
    {
        var prepared = _table.Prepare(new(s_frames, _vm.Id, s_gfns.Start, PageKind.Private, PageSize.Size2M)).IsSuccess;
        var mapped = _vm.Mmu.Map(new(s_gfns.Start, s_frames.Start, PageSize.Size2M, PageKind.Private, true, _vm.Sequence.Sample(), Leaves)).IsDone;
        Undo();
        return prepared && mapped;
    }

    /// <summary>Leaf by leaf: 524,288 times prepare and map, as faults do.</summary>
    [Benchmark]
    public bool LeafByLeaf()
    {
        var all = true;
        for (var leaf = 0UL; leaf < Leaves; leaf++)
        {
            var frames = new PfnRange(s_frames.Start + (leaf << 9), 1UL << 9);
            var gfn = s_gfns.Start + (leaf << 9);
            all &= _table.Prepare(new(frames, _vm.Id, gfn, PageKind.Private, PageSize.Size2M)).IsSuccess;
            all &= _vm.Mmu.Map(new(gfn, frames.Start, PageSize.Size2M, PageKind.Private, true, _vm.Sequence.Sample())).IsDone;
        }

        Undo();
        return all;
    }

    /// <summary>The ownership table alone, leaf by leaf.</summary>
    [Benchmark]
    public bool OwnershipLeafByLeaf()
    {
        var all = true;
        for (var leaf = 0UL; leaf < Leaves; leaf++)
        {
            var frames = new PfnRange(s_frames.Start + (leaf << 9), 1UL << 9);
            all &= _table.Prepare(new(frames, _vm.Id, s_gfns.Start + (leaf << 9), PageKind.Private, PageSize.Size2M)).IsSuccess;
        }

        _table.Reclaim(s_frames);
        return all;
    }

    private void Undo()
    {
        _vm.Zap(s_gfns, KindFilter.Both);
        _table.Reclaim(s_frames);
    }
}
