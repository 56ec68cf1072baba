using GuestMemory.Tdx;

namespace GuestMemory.Benchmarks;

/// <summary>A fresh machine with a TDX VM that runs and has no memory yet, under a host that maps large pages; and its whole way to give some: look up, prepare, map.</summary>
internal sealed class TdxHostRun
{
    private const ulong LeafFrames = 512;
    private const ulong Frames = 1UL << 29;
    private static readonly TdxHostOptions s_options = new() { Hypothetical = new() { MapsLargePages = true } };

    // The pool gives its lowest frames first, to the TD's control pages and tables.
    private static readonly Pfn s_first = new(1UL << 18);
    private readonly ulong _leaves;
    private readonly VirtualMachine _vm;

    public TdxHostRun(ulong leaves)
    {
        _leaves = leaves;
        var options = new MachineOptions
        {
            Frames = Frames, FramesPerNode = Frames, OwnershipTable = machine => new PamtOwnershipTable(machine, s_options),
        };
        _vm = new MachineFactory(options, [TdxVm.Instance]).Create().CreateVm(TdxVm.Instance);
        var addressBits = new byte[32];
        addressBits[8] = 48;
        foreach (var (command, block) in new[] { (TdxCommand.InitVm, addressBits), (TdxCommand.InitVcpu, new byte[32]), (TdxCommand.FinalizeVm, new byte[32]) })
        {
            TdxBench.Do(TdxVm.Instance.Command(_vm, (uint)command, block).IsSuccess);
        }
    }

    /// <summary>Leaf by leaf, as faults do: what size may be mapped, the promise in the ownership table, then tables, AUG and the mirror.</summary>
    public bool MapLeafByLeaf()
    {
        var all = true;
        var table = _vm.Machine.Ownership;
        for (var leaf = 0UL; leaf < _leaves; leaf++)
        {
            var frame = s_first + (leaf * LeafFrames);
            var gfn = new Gfn(leaf * LeafFrames);
            all &= table.LookUp(frame).LargestMapping >= PageSize.Size2M;
            all &= table.Prepare(new(new(frame, LeafFrames), _vm.Id, gfn, PageKind.Private, PageSize.Size2M)).IsSuccess;
            all &= _vm.Mmu.Map(new(gfn, frame, PageSize.Size2M, PageKind.Private, true, _vm.Sequence.Sample())).IsDone;
        }

        return all;
    }
}
