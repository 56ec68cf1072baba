namespace GuestMemory.Rmp;

/// <summary>What the hypervisor and devices do in a scene.</summary>
internal static class HostMoves
{
    public static SnpMove Assign(Pfn frame, Asid asid, Gpa gpa, bool isLarge = false, bool immutable = false)
    {
        var operands = new RmpUpdateOperands(frame.Address, true, asid, gpa.Value, isLarge, immutable);
        return Update($"RMPUPDATE page={Text(frame)} assigned=1 asid={asid.Value} gpa={Text(gpa)}{(isLarge ? " size=2M" : "")}{(immutable ? " immutable=1" : "")}", operands);
    }

    public static SnpMove Share(Pfn frame, bool isLarge = false) =>
        Update($"RMPUPDATE page={Text(frame)} assigned=0{(isLarge ? " size=2M" : "")}", new(frame.Address, false, IsLarge: isLarge));

    public static SnpMove ToFirmware(Pfn frame) => Update($"RMPUPDATE page={Text(frame)} assigned=1 asid=0 immutable=1", new(frame.Address, true, Immutable: true));

    public static SnpMove Smash(Pfn frame) => Of($"PSMASH page={Text(frame)}", world => world.Platform.Psmash(frame.Address).ToOutcome());

    public static SnpMove Write(Pfn frame) => Of($"write page={Text(frame)} value=1", world => world.Platform.Write(RmpAccess.Host(AccessKind.Write, frame), 0, 8, 1).ToOutcome());

    public static SnpMove DeviceWrite(Pfn frame) => new(
        $"dma-write page={Text(frame)} value=1", SnpActor.Device, world => world.Platform.Write(new(RmpAccessor.Device, AccessKind.Write, frame), 0, 8, 1).ToOutcome());

    /// <summary>The host enters a guest without SNP, which writes.</summary>
    public static SnpMove PlainGuestWrite(Pfn frame) => Of(
        $"plain-guest-write page={Text(frame)} value=1", world => world.Platform.Write(new(RmpAccessor.Guest, AccessKind.Write, frame, Asid: new(9)), 0, 8, 1).ToOutcome());

    public static SnpMove WriteHsave(Pfn page) => Of($"WRMSR VM_HSAVE_PA page={Text(page)}", world =>
    {
        var result = world.Platform.WriteHsave(page);
        Require(!result.IsSuccess || !IsAssigned(world, page), "INV-SNP-12", $"the processor saves the host's state to {page}, which is assigned");
        return result.ToOutcome();
    });

    /// <summary>VMRUN and #VMEXIT of one vCPU.</summary>
    /// <param name="vcpu">Tells the scene's vCPUs apart.</param>
    /// <param name="run">Its pages.</param>
    public static IEnumerable<SnpMove> Vcpu(int vcpu, VmrunOperands run)
    {
        var operands = $"vmcb={Text(run.Vmcb)} asid={run.Asid.Value} snp={(run.IsSnpActive ? 1 : 0)} vmsa={Text(run.Vmsa ?? default)} avic={Text(run.AvicBacking ?? default)}";
        yield return Of($"VMRUN {operands}", world => Enter(world, vcpu, run), world => !world.IsRunning(vcpu));
        yield return Of($"VMEXIT {operands}", world => Leave(world, vcpu, run), world => world.IsRunning(vcpu));
    }

    public static string Text(Pfn frame) => $"0x{frame.Value:x}";

    public static string Text(Gpa gpa) => $"0x{gpa.Value:x}";

    private static SnpMove Of(string text, Func<SnpSceneWorld, Outcome> make, Func<SnpSceneWorld, bool>? isOffered = null) => new(text, SnpActor.Host, make, isOffered);

    private static SnpMove Update(string text, RmpUpdateOperands operands) => Of(text, world => world.Platform.RmpUpdate(operands).ToOutcome());

    private static Outcome Enter(SnpSceneWorld world, int vcpu, VmrunOperands run)
    {
        var result = world.Platform.RunVcpu(run);
        if (result.IsSuccess)
        {
            world.Entered(vcpu);
            RequireHostsPages(world, run);
            Require(!run.IsSnpActive || IsSaveArea(world, run), "INV-SNP-16", $"{run} went through: the save area is {world.Platform.Table.Resolve(run.Vmsa ?? default)}");
        }

        return result.ToOutcome();
    }

    private static Outcome Leave(SnpSceneWorld world, int vcpu, VmrunOperands run)
    {
        world.Platform.Vmexit(run);
        world.Left(vcpu);
        return default;
    }

    // What the processor writes for the host: control block, interrupts, a plain guest's state.
    private static void RequireHostsPages(SnpSceneWorld world, VmrunOperands run)
    {
        foreach (var page in (ReadOnlySpan<Pfn?>)[run.Vmcb, run.AvicBacking, run.IsSnpActive ? null : run.Vmsa])
        {
            Require(page is not { } frame || !IsAssigned(world, frame), "INV-SNP-12", $"{run}: the processor writes to {page}, which is assigned");
        }
    }

    private static bool IsSaveArea(SnpSceneWorld world, VmrunOperands run) =>
        run.Vmsa is { } page && world.Platform.Table.Coverage.Covers(page)
        && world.Platform.Table.Resolve(page) is { Vmsa: true, Immutable: false } entry && entry.Asid == run.Asid
        && (!world.Platform.Switches.ChecksVmsaAddress || entry.Gpa == world.Platform.Switches.VmsaGpa);

    private static bool IsAssigned(SnpSceneWorld world, Pfn frame) => world.Platform.Table.Resolve(frame).Assigned;

    private static void Require(bool holds, string invariant, string text)
    {
        if (!holds)
        {
            throw new ModelInvariantException(invariant, text);
        }
    }
}
