using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

public sealed class WalkTests
{
    private const int Kinds = 12;
    private static readonly Pfn[] s_frames = [H(), H(1), H(2), Y(), Y(1), ContextA, ContextB, MetadataA, MetadataB, Spare];
    private static readonly Pfn[] s_contexts = [ContextA, ContextB, Spare];

    // sev-snp INV-SNP-1, 3, 5, 6, 10, 25: along walks of instructions and commands over few pages; every command gets through in one of them.
    [Fact]
    public void Along_a_walk_refused_commands_change_nothing_and_every_page_has_a_state()
    {
        var succeeded = new SortedSet<int>();
        for (var seed = 1; seed <= 16; seed++)
        {
            Walk(new(seed), succeeded);
        }

        Assert.Equal(Enumerable.Range(0, Kinds), succeeded);
    }

    private static void Walk(Random random, SortedSet<int> succeeded)
    {
        var (world, wrapped) = (WithGuests(), default(SwapOperands));
        for (var step = 0; step < 250; step++)
        {
            Host(world, random);
            var (before, kind) = (world.Snp.State(), random.Next(Kinds));
            var result = Command(world, random, kind, ref wrapped);
            var isUnchanged = before.AsSpan().SequenceEqual(world.Snp.State());
            Assert.True(result.DecidedBy is null || isUnchanged, $"step {step}: {result}");
            if (result.IsSuccess && !isUnchanged)
            {
                succeeded.Add(kind);
            }

            Check(world);
        }
    }

    private static void Host(FirmwareWorld world, Random random)
    {
        var (frame, gpa) = (Any(random, s_frames), G((ulong)random.Next(4)));
        switch (random.Next(5))
        {
            case 0: world.Snp.ToFirmware(frame); break;
            case 1: world.Snp.Share(frame); break;
            case 2: world.Snp.Assign(frame, gpa, immutable: random.Next(2) == 0, random.Next(4) == 0 ? B : A); break;
            case 3: world.Snp.Validate(world.Snp.Table.Resolve(frame).Gpa, frame); break;
            default:
                var entry = world.Snp.Table.Resolve(frame);
                world.Snp.Assign(frame, entry.Gpa, immutable: true, entry.Asid);
                break;
        }
    }

    private static FirmwareResult Command(FirmwareWorld world, Random random, int kind, ref SwapOperands wrapped)
    {
        var (firmware, context, page, other) = (world.Firmware, Any(random, s_contexts), Any(random, s_frames), Any(random, s_frames));
        var swap = new SwapOperands(
            context.Address, page.Address, other.Address, Entry(Any(random, s_frames), (ulong)random.Next(2)), (SwapPageType)random.Next(3), IsRoot: random.Next(2) == 0);
        return kind switch
        {
            0 => firmware.GctxCreate(page),
            1 => firmware.LaunchStart(context),
            2 => firmware.Activate(context, random.Next(2) == 0 ? A : B),
            3 => firmware.LaunchUpdate(context, Small(page), random.Next(2) == 0 ? LaunchPageType.Normal : LaunchPageType.Vmsa),
            4 => random.Next(8) == 0 ? firmware.LaunchFinish(context) : default,
            5 => random.Next(4) == 0 ? firmware.Decommission(context) : default,
            6 => firmware.PageReclaim(Small(page)),
            7 => firmware.MetadataInit(context, page),
            8 => firmware.PageMove(context, Small(page), Small(other)),
            9 => SwapOut(firmware, swap, ref wrapped),
            10 => firmware.SwapIn(Back(wrapped, page)),
            _ => Flush(firmware, random),
        };
    }

    // What went out last is what is tried to bring back.
    private static FirmwareResult SwapOut(SnpFirmware firmware, SwapOperands swap, ref SwapOperands wrapped)
    {
        var result = firmware.SwapOut(swap);
        wrapped = result.IsSuccess ? swap : wrapped;
        return result;
    }

    private static FirmwareResult Flush(SnpFirmware firmware, Random random)
    {
        if (random.Next(2) == 0)
        {
            firmware.Wbinvd();
        }

        return firmware.DfFlush();
    }

    private static void Check(FirmwareWorld world)
    {
        foreach (var frame in s_frames)
        {
            var entry = world.Snp.Table.Raw(frame);
            Assert.NotEqual(RmpPageState.Invalid, entry.State);
            Assert.True(!entry.Validated || (entry.Assigned && entry.Asid.IsGuest));
            Assert.Equal(entry.State == RmpPageState.Context, world.Firmware.TryGetGuest(frame, out _));
            Assert.True(!entry.Vmsa || entry.Asid.IsGuest || entry.State == RmpPageState.Context);
        }

        Assert.Equal((ulong)s_frames.Count(frame => world.Snp.Table.Raw(frame).Asid == A), world.Snp.Table.PagesOf(A));
    }

    private static Pfn Any(Random random, Pfn[] frames) => frames[random.Next(frames.Length)];
}
