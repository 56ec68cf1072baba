namespace GuestMemory.Rmp;

/// <summary>What guests do in a scene. The frame an address leads to is the host's choice, and may be any.</summary>
internal static class GuestMoves
{
    /// <summary>What the guests write.</summary>
    public const ulong Secret = 7;

    public static SnpMove Accept(Asid asid, Gpa gpa, Pfn frame, PageSize size = PageSize.Size4K, PageSize nested = PageSize.Size4K) => Of(
        $"PVALIDATE asid={asid.Value} gpa={HostMoves.Text(gpa)} page={HostMoves.Text(frame)} size={Text(size)} nested={Text(nested)} validate=1", asid,
        world => Pvalidate(world, asid, new(gpa.Value, gpa, frame, nested), size, validate: true),
        world => !world.Holds(asid, gpa.Frame));

    public static SnpMove Release(Asid asid, Gpa gpa, Pfn frame) => Of(
        $"PVALIDATE asid={asid.Value} gpa={HostMoves.Text(gpa)} page={HostMoves.Text(frame)} size=4K nested=4K validate=0", asid,
        world => Pvalidate(world, asid, new(gpa.Value, gpa, frame, PageSize.Size4K), PageSize.Size4K, validate: false),
        world => world.Holds(asid, gpa.Frame));

    public static SnpMove Write(Asid asid, Gpa gpa, Pfn frame, PageSize nested = PageSize.Size4K, int vmpl = 0) => Of(
        $"private-write asid={asid.Value} gpa={HostMoves.Text(gpa)} page={HostMoves.Text(frame)} nested={Text(nested)} vmpl={vmpl} value={Secret}", asid,
        world => Touch(world, RmpAccess.Private(asid, AccessKind.Write, gpa, frame, nested) with { Vmpl = new(vmpl) }));

    public static SnpMove Read(Asid asid, Gpa gpa, Pfn frame, PageSize nested = PageSize.Size4K, int vmpl = 0) => Of(
        $"private-read asid={asid.Value} gpa={HostMoves.Text(gpa)} page={HostMoves.Text(frame)} nested={Text(nested)} vmpl={vmpl}", asid,
        world => Touch(world, RmpAccess.Private(asid, AccessKind.Read, gpa, frame, nested) with { Vmpl = new(vmpl) }));

    public static SnpMove SharedWrite(Asid asid, Pfn frame) => Of(
        $"shared-write asid={asid.Value} page={HostMoves.Text(frame)} value=2", asid,
        world => world.Platform.Write(new(RmpAccessor.SnpGuest, AccessKind.Write, frame, Asid: asid), 0, 8, 2).ToOutcome());

    public static SnpMove Adjust(Asid asid, int vmpl, Gpa gpa, Pfn frame, int target, VmplPermissions rights) => Of(
        $"RMPADJUST asid={asid.Value} vmpl={vmpl} gpa={HostMoves.Text(gpa)} page={HostMoves.Text(frame)} target={target} rights={(byte)rights}", asid,
        world => Give(world, CpuState.Guest(asid, new(vmpl)), new(gpa.Value, gpa, frame, PageSize.Size4K), new(target), rights));

    private static SnpMove Of(string text, Asid asid, Func<SnpSceneWorld, Outcome> make, Func<SnpSceneWorld, bool>? isOffered = null) => new(
        text, asid == SnpSceneWorld.B ? SnpActor.GuestB : SnpActor.GuestA, make, world => world.Runs(asid) && (isOffered?.Invoke(world) ?? true));

    private static string Text(PageSize size) => size == PageSize.Size2M ? "2M" : "4K";

    // A carry flag says that nothing changed where a change was due: the guest goes no further.
    private static Outcome Pvalidate(SnpSceneWorld world, Asid asid, GuestWalk walk, PageSize size, bool validate)
    {
        var result = world.Platform.Pvalidate(CpuState.Guest(asid), walk, size == PageSize.Size2M, validate);
        if (result.IsChanged || (result.Carry && world.Platform.Rules.IsOff(SnpConductRules.Carry)))
        {
            Count(world, asid, new(walk.Gpa.Frame, size.FrameCount()), validate);
        }
        else if (result.Carry)
        {
            world.Stop(asid);
        }

        return result.ToOutcome();
    }

    private static void Count(SnpSceneWorld world, Asid asid, GfnRange frames, bool isAccepted)
    {
        for (var gfn = frames.Start; gfn < frames.End; gfn += 1)
        {
            if (isAccepted)
            {
                world.Accepted(asid, gfn);
            }
            else
            {
                world.Released(asid, gfn);
            }
        }
    }

    // An accepted page that raises #VC is another one now.
    private static Outcome Touch(SnpSceneWorld world, in RmpAccess access)
    {
        var verdict = access.Kind == AccessKind.Write
            ? world.Platform.Write(access, 0, 8, Secret)
            : world.Platform.Read(access, 0, 8, out _);
        if (verdict.IsAllowed)
        {
            world.Reached(access.Gpa.Frame, access.Vmpl, access.Kind == AccessKind.Write ? VmplPermissions.Read | VmplPermissions.Write : VmplPermissions.Read);
        }
        else if (verdict.Fault.Kind == RmpFaultKind.VmmCommunication && world.Holds(access.Asid, access.Gpa.Frame))
        {
            world.Stop(access.Asid);
        }

        return verdict.ToOutcome();
    }

    private static Outcome Give(SnpSceneWorld world, CpuState cpu, GuestWalk walk, Vmpl target, VmplPermissions rights)
    {
        var result = world.Platform.RmpAdjust(cpu, walk, isLarge: false, (uint)target.Value | ((ulong)rights << 8));
        if (result.IsSuccess)
        {
            world.Gave(walk.Gpa.Frame, target, rights);
        }

        return result.ToOutcome();
    }
}
