using GuestMemory.Rmp;

namespace GuestMemory.Benchmarks;

/// <summary>A fresh machine with an SNP VM that has no memory yet, and the host's whole way to give it some: look up, prepare, map.</summary>
internal sealed class SnpHostRun
{
    private const ulong LeafFrames = 512;
    private static readonly Pfn s_first = new(LeafFrames);
    private readonly ulong _leaves;
    private readonly VirtualMachine _vm;

    public SnpHostRun(ulong leaves)
    {
        _leaves = leaves;
        var options = new MachineOptions
        {
            Frames = 1UL << 29, FramesPerNode = 1UL << 29, OwnershipTable = machine => new RmpOwnershipTable(machine),
        };
        var machine = new MachineFactory(options, [SnpVm.Instance]).Create();
        _vm = machine.CreateVm(SnpVm.Instance);
        SnpVm.Instance.Command(_vm, (uint)SnpCommand.Init2, new byte[64]);
    }

    /// <summary>Leaf by leaf, as faults do: what size may be mapped, RMPUPDATE of 2M with the direct map around it, the nested leaf.</summary>
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

    /// <summary>Then one 4K page given back in each of some: invalidation, PSMASH, RMPUPDATE to shared.</summary>
    public bool FreeOneOfEach(int count)
    {
        var all = true;
        var random = 0x9e37_79b9_7f4a_7c15UL;
        for (var done = 0; done < count; done++)
        {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            var leaf = random % _leaves;
            var at = (leaf * LeafFrames) + (random >> 50) % LeafFrames;
            all &= _vm.Zap(new(new(at), 1), KindFilter.Private).IsDone;
            all &= _vm.Machine.Ownership.Reclaim(new(s_first + at, 1)).IsSuccess;
        }

        return all;
    }
}
