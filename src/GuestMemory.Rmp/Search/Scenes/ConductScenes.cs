using static GuestMemory.Rmp.HostMoves;
using static GuestMemory.Rmp.SceneSetup;
using static GuestMemory.Rmp.SnpSceneWorld;

namespace GuestMemory.Rmp;

/// <summary>Scenes of what guests and hosts have to do right by themselves.</summary>
internal static class ConductScenes
{
    // Meanings of the world's notes.
    private const int Stage = 0;
    private const int Failed = 1;
    private const int HostStage = 0;
    private const int VcpuStage = 2;
    private const int LockedBy = 3;

    private const int BufferBytes = PscBuffer.HeaderBytes + (2 * PscBuffer.EntryBytes);

    public static IReadOnlyList<SnpScene> All { get; } =
        [PscBuffering, Asking("psc-guest", isStrict: true), Asking("psc-guest-again", isStrict: false), LargeAccepting, SaveAreaSync, Faulting];

    // The guest gives a buffer of two entries; what follows in the host's memory looks like a third.
    private static SnpScene PscBuffering => new(
        "psc-buffer",
        world => world.PageStateChange = NewRequest(world),
        [
            .. new ushort[] { 0, 1, 2, 300 }.Select(end => new SnpMove($"set-buffer end={end}", SnpActor.GuestA, world => SetEnd(world, end))),
            new("VMGEXIT page-state-change", SnpActor.Host, Convert, world => !world.PageStateChange!.IsDone),
        ])
    {
        Holding = [("PSC-WITHIN-BUFFER", "The host reads and writes no more than the buffer a guest gave it.", world => world.PageStateChange!.Buffer[2] == Entry(2))],
    };

    // A guest asks for a page, sends what it asked for, and accepts. The host gives what it was asked for.
    private static SnpScene Asking(string name, bool isStrict) => new(
        name,
        world => Launch(world),
        [
            new("ask gpa=0x205000", SnpActor.GuestA, Ask, world => world.Notes[Stage] == 0),
            new("send", SnpActor.GuestA, Send, world => world.Notes[Stage] == 1),
            new("PVALIDATE gpa=0x205000 validate=1", SnpActor.GuestA, world => AcceptAsked(world, isStrict), world => world.Notes[Stage] == 2 && world.Notes[Failed] == 0),
        ])
    {
        Holding = [GoesOn],
    };

    // An honest host that may have split the guest's large page before the guest accepts it.
    private static SnpScene LargeAccepting => new(
        "large-guest",
        world => Ok(world.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(H(), PageSize.Size2M), A, G()))),
        [Smash(H()), new("accept gpa=0x200000 size=2M", SnpActor.GuestA, AcceptLarge, world => world.Notes[Stage] == 0)])
    {
        Holding = [GoesOn],
    };

    // KVM finishes a launch while a thread runs the vCPU whose registers it writes to its save area.
    private static SnpScene SaveAreaSync => new(
        "vmsa-sync",
        world => Launch(world),
        [
            new("finish: lock", SnpActor.Host, LockForFinish, world => world.Notes[HostStage] == 0 && (world.Notes[LockedBy] == 0 || LocksNothing(world))),
            new("finish: write registers", SnpActor.Host, world => WriteRegisters(world, HostStage), world => world.Notes[HostStage] == 1),
            new("finish: RMPUPDATE", SnpActor.Host, GiveSaveArea, world => world.Notes[HostStage] == 2),
            new("finish: SNP_LAUNCH_UPDATE and unlock", SnpActor.Host, MeasureSaveArea, world => world.Notes[HostStage] == 3),
            new("run: lock", SnpActor.VcpuThread, LockForRun, world => world.Notes[VcpuStage] == 0 && world.Notes[LockedBy] == 0 && world.Notes[HostStage] < 4),
            new("run: write registers", SnpActor.VcpuThread, world => WriteRegisters(world, VcpuStage), world => world.Notes[VcpuStage] == 1),
            new("run: unlock", SnpActor.VcpuThread, UnlockAfterRun, world => world.Notes[VcpuStage] == 2),
        ])
    {
        Holding = [("SNP-HOST-NEVER-FAULTS", "The host's kernel writes to no page it gave away.", world => world.Notes[Failed] == 0)],
        IsMidway = (world, actor) => actor == SnpActor.Host ? world.Notes[HostStage] is > 0 and < 4 : actor == SnpActor.VcpuThread && world.Notes[VcpuStage] != 0,
    };

    // The guest's page is large, and so is its nested mapping; the host may split the entry. The mapping's size is a note: 0 for 2M.
    private static SnpScene Faulting => new(
        "fault",
        world =>
        {
            Ok(world.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(H(), PageSize.Size2M), A, G())));
            world.Platform.Pvalidate(CpuState.Guest(A), new(G().Value, G(), H(), PageSize.Size2M), isLarge: true, validate: true);
        },
        [
            Smash(H()), new("touch gpa=0x200000", SnpActor.GuestA, TouchOnce, world => world.Notes[VcpuStage] == 0),
            new("handle-fault gpa=0x200000", SnpActor.GuestA, HandleFault, world => world.Notes[VcpuStage] == 1),
        ])
    {
        IsMidway = (world, actor) => actor == SnpActor.GuestA && world.Notes[VcpuStage] != 0,
    };

    private static (string Name, string Says, Func<SnpSceneWorld, bool> Holds) GoesOn =>
        ("SNP-GUEST-GOES-ON", "A guest on an honest host is not ended.", world => world.Notes[Failed] == 0);

    private static PscEntry Entry(ulong page) => PscEntry.Of(PscOperation.Private, G(page).Frame);

    private static PscRequest NewRequest(SnpSceneWorld world)
    {
        var buffer = new PscBuffer(new byte[BufferBytes + PscBuffer.EntryBytes], BufferBytes);
        for (var entry = 0; entry < 3; entry++)
        {
            buffer[entry] = Entry((ulong)entry);
        }

        return new(buffer, world.Platform.Rules);
    }

    private static Outcome SetEnd(SnpSceneWorld world, ushort end)
    {
        world.PageStateChange!.Buffer.EndEntry = end;
        return default;
    }

    private static Outcome Convert(SnpSceneWorld world)
    {
        var request = world.PageStateChange!;
        while (request.TryNextRun(out _))
        {
            request.Complete(0);
        }

        return new(Lane.Status, request.ExitInfo2, 0, request.DecidedBy);
    }

    // Without the rule what was asked for stays in the batch.
    private static Outcome Ask(SnpSceneWorld world)
    {
        world.Notes[Stage] = world.Platform.Rules.IsOff(SnpConductRules.Send) ? (byte)2 : (byte)1;
        return default;
    }

    private static Outcome Send(SnpSceneWorld world)
    {
        world.Notes[Stage] = 2;
        return world.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(H(5), PageSize.Size4K), A, G(5))).ToOutcome();
    }

    // A strict host ends a guest that accepts what it did not ask for; another lets it fault again.
    private static Outcome AcceptAsked(SnpSceneWorld world, bool isStrict)
    {
        var result = world.Platform.Pvalidate(CpuState.Guest(A), new(G(5).Value, G(5), H(5), PageSize.Size4K), isLarge: false, validate: true);
        if (result.IsChanged)
        {
            world.Notes[Stage] = 3;
        }
        else if (isStrict)
        {
            world.Notes[Failed] = 1;
        }
        else
        {
            world.Retry();
        }

        return result.ToOutcome();
    }

    private static Outcome AcceptLarge(SnpSceneWorld world)
    {
        var nested = new NestedMap();
        var isLarge = world.Platform.Table.IsInLargePage(H());
        for (var page = 0UL; page < (isLarge ? 1UL : 512); page++)
        {
            nested.Map(G(page).Frame, new(H(page), isLarge ? PageSize.Size2M : PageSize.Size4K));
        }

        var answer = new TrackingGuest(world.Platform, A, nested).Accept(G(), PageSize.Size2M);
        world.Notes[Stage] = 1;
        world.Notes[Failed] = answer.IsDone ? (byte)0 : (byte)1;
        return answer.IsDone ? default : new(Lane.Status, answer.Value, 0, answer.DecidedBy);
    }

    private static bool LocksNothing(SnpSceneWorld world) => world.Platform.Rules.IsOff(SnpConductRules.VcpuLock);

    private static Outcome LockForFinish(SnpSceneWorld world)
    {
        world.Notes[HostStage] = 1;
        world.Notes[LockedBy] = LocksNothing(world) ? world.Notes[LockedBy] : (byte)1;
        return default;
    }

    private static Outcome LockForRun(SnpSceneWorld world)
    {
        world.Notes[VcpuStage] = 1;
        world.Notes[LockedBy] = 2;
        return default;
    }

    private static Outcome UnlockAfterRun(SnpSceneWorld world)
    {
        world.Notes[VcpuStage] = 0;
        world.Notes[LockedBy] = 0;
        return default;
    }

    private static Outcome WriteRegisters(SnpSceneWorld world, int stage)
    {
        world.Notes[stage]++;
        var verdict = world.Platform.Write(RmpAccess.Host(AccessKind.Write, H(5)), SaveArea.RipOffset, 8, 1);
        world.Notes[Failed] |= verdict.IsAllowed ? (byte)0 : (byte)1;
        return verdict.ToOutcome();
    }

    private static Outcome GiveSaveArea(SnpSceneWorld world)
    {
        world.Notes[HostStage] = 3;
        return world.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(H(5), PageSize.Size4K), A, G(5), immutable: true)).ToOutcome();
    }

    private static Outcome MeasureSaveArea(SnpSceneWorld world)
    {
        world.Notes[HostStage] = 4;
        world.Notes[LockedBy] = world.Notes[LockedBy] == 1 ? (byte)0 : world.Notes[LockedBy];
        return world.Firmware.LaunchUpdate(ContextA, new(H(5), PageSize.Size4K), LaunchPageType.Vmsa).ToOutcome();
    }

    private static Outcome TouchOnce(SnpSceneWorld world)
    {
        var verdict = world.Platform.Write(RmpAccess.Private(A, AccessKind.Write, G(), H(), NestedSize(world)), 0, 8, GuestMoves.Secret);
        if (!verdict.IsAllowed)
        {
            world.Notes[VcpuStage] = 1;
            world.Retry();
        }

        return verdict.ToOutcome();
    }

    // The host splits an entry that is larger than the mapping, and maps the page anew.
    private static Outcome HandleFault(SnpSceneWorld world)
    {
        var isSplit = world.Platform.Table.IsInLargePage(H()) && NestedSize(world) == PageSize.Size4K;
        var outcome = isSplit ? world.Platform.Psmash(H().Address).ToOutcome() : default;
        if (!world.Platform.Rules.IsOff(SnpConductRules.MapAnew))
        {
            world.Notes[Stage] = world.Platform.Table.IsInLargePage(H()) ? (byte)0 : (byte)1;
        }

        world.Notes[VcpuStage] = 0;
        world.Retry();
        return outcome;
    }

    private static PageSize NestedSize(SnpSceneWorld world) => world.Notes[Stage] == 0 ? PageSize.Size2M : PageSize.Size4K;
}
