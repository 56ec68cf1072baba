using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <content>Machines.</content>
public static partial class GuestMemoryArbitraries
{
    private static readonly SmallMachine s_smallest = new(2, 2, Adversarial: false, CachesTranslations: false, GuestMemory.PageSize.Size4K);

    /// <summary>Machines of 2 to 2048 frames; shrinks to fewer frames, one node, no habits.</summary>
    public static Arbitrary<SmallMachine> SmallMachine() => Arb.From(
        from frames in Gen.Frequency((3, Gen.Choose(2, 64)), (1, Gen.Elements(511, 512, 513, 1024, 2048)))
        from nodes in Gen.Choose(1, 3)
        from adversarial in Gen.Elements(false, true)
        from caches in Gen.Elements(false, true)
        from largest in PageSize().Generator
        select new SmallMachine((ulong)frames, (ulong)((frames + nodes - 1) / nodes), adversarial, caches, largest),
        ShrinkMachine);

    /// <summary>Options of such machines, each its own and not frozen yet. They do not shrink well, as they say nothing of themselves: prefer <see cref="SmallMachine"/>.</summary>
    public static Arbitrary<MachineOptions> MachineOptions() => Arb.From(SmallMachine().Generator.Select(static machine => machine.ToOptions()));

    private static IEnumerable<SmallMachine> ShrinkMachine(SmallMachine machine)
    {
        SmallMachine[] simpler =
        [
            s_smallest,
            machine with { Frames = Math.Max(2, machine.Frames / 2), FramesPerNode = Math.Max(2, machine.Frames / 2) },
            machine with { Frames = Math.Max(2, machine.Frames - 1), FramesPerNode = Math.Min(machine.FramesPerNode, Math.Max(2, machine.Frames - 1)) },
            machine with { FramesPerNode = machine.Frames },
            machine with { Adversarial = false },
            machine with { CachesTranslations = false },
            .. Smaller(machine.LargestMapping).Select(size => machine with { LargestMapping = size }),
        ];
        return simpler.Distinct().Where(other => other != machine);
    }
}
