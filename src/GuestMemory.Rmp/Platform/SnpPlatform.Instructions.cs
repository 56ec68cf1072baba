namespace GuestMemory.Rmp;

/// <content>The instructions.</content>
public sealed partial class SnpPlatform
{
    /// <summary>RMPUPDATE by the host's kernel.</summary>
    /// <param name="operands">Page and new state.</param>
    public InstructionResult RmpUpdate(in RmpUpdateOperands operands) => RmpUpdate(CpuState.Host, operands);

    /// <summary>RMPUPDATE.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="operands">Page and new state.</param>
    public InstructionResult RmpUpdate(in CpuState cpu, in RmpUpdateOperands operands)
    {
        var isStruck = BeginStrike(operands.Frame);
        var result = Rmp.RmpUpdate.Execute(Table, Holds, Switches, Rules, cpu, IsOn, operands);
        EndStrike(isStruck, operands.Frame);
        if (result.IsSuccess)
        {
            TranslationsInvalidated?.Invoke(operands.Frames);
        }

        if (Observer is not null)
        {
            Emit(new(SnpOperationKind.RmpUpdate, operands.Frames, result.ToOutcome(), operands.IsLarge ? 1UL : 0, cpu));
        }

        return result;
    }

    /// <summary>Whether the host's RMPUPDATE would be refused as things stand. Nothing changes.</summary>
    /// <param name="operands">Page and new state.</param>
    public bool IsRefused(in RmpUpdateOperands operands) => Rmp.RmpUpdate.IsRefused(Table, Holds, Switches, Rules, CpuState.Host, IsOn, operands);

    // Whether the host's PSMASH would be refused as things stand.
    internal bool IsPsmashRefused(Spa address) => Rmp.Psmash.IsRefused(Table, Holds, Switches, Rules, CpuState.Host, IsOn, address);

    /// <summary>PSMASH by the host's kernel.</summary>
    /// <param name="address">An address in the 2M page.</param>
    public InstructionResult Psmash(Spa address) => Psmash(CpuState.Host, address);

    /// <summary>PSMASH.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="address">An address in the 2M page.</param>
    public InstructionResult Psmash(in CpuState cpu, Spa address)
    {
        var frames = new PfnRange(address.Frame.AlignDown(PageSize.Size2M), 512);
        var isStruck = BeginStrike(frames.Start);
        var result = Rmp.Psmash.Execute(Table, Holds, Switches, Rules, cpu, IsOn, address);
        EndStrike(isStruck, frames.Start);
        if (result.IsSuccess)
        {
            TranslationsInvalidated?.Invoke(frames);
        }

        if (Observer is not null)
        {
            Emit(new(SnpOperationKind.Psmash, frames, result.ToOutcome(), 0, cpu));
        }

        return result;
    }

    /// <summary>PVALIDATE.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="walk">Where RAX leads.</param>
    /// <param name="isLarge">ECX bit 0: 2M.</param>
    /// <param name="validate">EDX bit 0: accept, or take the acceptance back.</param>
    public PvalidateResult Pvalidate(in CpuState cpu, in GuestWalk walk, bool isLarge, bool validate)
    {
        var result = Rmp.Pvalidate.Execute(Table, Switches, Rules, cpu, IsOn, walk, isLarge, validate);
        if (Observer is not null)
        {
            var value = (validate ? 1UL : 0) | (isLarge ? 2UL : 0) | (result.Carry ? 4UL : 0);
            Emit(new(SnpOperationKind.Pvalidate, FramesOf(walk, isLarge), result.ToOutcome(), value, cpu));
        }

        return result;
    }

    /// <summary>RMPADJUST.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="walk">Where RAX leads.</param>
    /// <param name="isLarge">RCX bit 0: 2M.</param>
    /// <param name="attributes">RDX: 7:0 target level, 15:8 mask, bit 16 VMSA.</param>
    public InstructionResult RmpAdjust(in CpuState cpu, in GuestWalk walk, bool isLarge, ulong attributes)
    {
        var result = Rmp.RmpAdjust.Execute(Table, Switches, Rules, cpu, IsOn, walk, isLarge, attributes);
        if (Observer is not null)
        {
            Emit(new(SnpOperationKind.RmpAdjust, FramesOf(walk, isLarge), result.ToOutcome(), attributes, cpu));
        }

        return result;
    }

    /// <summary>RMPQUERY.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="walk">Where RAX leads.</param>
    /// <param name="target">RDX 7:0: the level asked about.</param>
    public RmpQueryResult RmpQuery(in CpuState cpu, in GuestWalk walk, byte target)
    {
        var result = Rmp.RmpQuery.Execute(Table, Switches, Rules, cpu, IsOn, walk, target);
        if (Observer is not null)
        {
            var outcome = new InstructionResult(result.Status, result.Fault, result.DecidedBy).ToOutcome();
            Emit(new(SnpOperationKind.RmpQuery, FramesOf(walk, isLarge: false), outcome, target, cpu));
        }

        return result;
    }

    /// <summary>RMPREAD.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="address">An address in the page.</param>
    public RmpReadResult RmpRead(in CpuState cpu, Spa address)
    {
        var result = Rmp.RmpRead.Execute(Table, Rules, cpu, IsOn, address);
        if (Observer is not null)
        {
            var outcome = new InstructionResult(result.Status, result.Fault, result.DecidedBy).ToOutcome();
            Emit(new(SnpOperationKind.RmpRead, new(address.Frame, 1), outcome, 0, cpu));
        }

        return result;
    }

    // Struck, another processor has the entry for this one instruction; what that means is the instruction's own rules' to say.
    private bool BeginStrike(Pfn frame)
    {
        if (Injector is null || !Injector.Strikes(InjectionPoint.HardwareBusy))
        {
            return false;
        }

        Holds.BeginChange(frame);
        return true;
    }

    private void EndStrike(bool isStruck, Pfn frame)
    {
        if (isStruck)
        {
            Holds.EndChange(frame);
        }
    }

    private static PfnRange FramesOf(in GuestWalk walk, bool isLarge) =>
        isLarge ? new(walk.Frame.AlignDown(PageSize.Size2M), 512) : new(walk.Frame, 1);
}
