using System.Runtime.CompilerServices;

namespace GuestMemory.Rmp;

/// <content>Accesses, VMRUN, and the pages it holds.</content>
public sealed partial class SnpPlatform
{
    /// <summary>The page VM_HSAVE_PA names; none before it is written.</summary>
    public Pfn? HsavePage => _hsave;

    /// <summary>Judges an access. Nothing is read, written or changed.</summary>
    /// <param name="access">The access.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AccessVerdict Check(in RmpAccess access) =>
        !IsOn || (Rules == RuleSwitches.AllOn && AccessCheck.IsPlainlyAllowed(Table, Holds, access)) ? default : Judge(access);

    /// <summary>Judges and makes a read.</summary>
    /// <param name="access">The access.</param>
    /// <param name="offset">First byte in the page, 0 to 4095.</param>
    /// <param name="length">1 to 8; the bytes stay within the page.</param>
    /// <param name="value">The bytes as a little-endian number; 0 when refused.</param>
    public AccessVerdict Read(in RmpAccess access, int offset, int length, out ulong value)
    {
        var verdict = Check(access);
        value = verdict.IsAllowed ? ReadBytes(access, offset, length) : 0;
        if (Observer is not null)
        {
            Emit(new(SnpOperationKind.Read, new(access.Frame, 1), verdict.ToOutcome(), value, default, access, Bytes(offset, length)));
        }

        return verdict;
    }

    /// <summary>Judges and makes a write. Refused, it changes no byte.</summary>
    /// <param name="access">The access.</param>
    /// <param name="offset">First byte in the page, 0 to 4095.</param>
    /// <param name="length">1 to 8; the bytes stay within the page.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    public AccessVerdict Write(in RmpAccess access, int offset, int length, ulong value)
    {
        var verdict = Check(access);
        if (verdict.IsAllowed)
        {
            Contents.Write(access.Frame.Address + (ulong)offset, length, value, KeyOf(access));
        }

        if (Observer is not null)
        {
            Emit(new(SnpOperationKind.Write, new(access.Frame, 1), verdict.ToOutcome(), value, default, access, Bytes(offset, length)));
        }

        return verdict;
    }

    /// <summary>VMRUN: the vCPU enters, and its pages are in use until <see cref="Vmexit"/>.</summary>
    /// <param name="operands">The pages.</param>
    /// <returns>Success, #GP or VMEXIT_INVALID.</returns>
    public InstructionResult RunVcpu(in VmrunOperands operands)
    {
        var call = new VmrunCall(Table, Switches, IsOn, _hsave, operands);
        var refusal = Vmrun.Checks.Decide(ref call, Rules);
        var result = refusal is null ? default : InstructionResult.Refused(refusal, refusal.Answer);
        if (refusal is null)
        {
            Holds.Use(operands.Vmcb);
            UseOptional(operands.Vmsa);
            UseOptional(operands.AvicBacking);
        }

        if (Observer is not null)
        {
            Emit(new(SnpOperationKind.Vmrun, new(operands.Vmcb, 1), result.ToOutcome(), operands.Vmsa?.Value ?? 0, CpuState.Host));
        }

        return result;
    }

    /// <summary>#VMEXIT: the vCPU's pages are in use no more.</summary>
    /// <param name="operands">As they were at <see cref="RunVcpu"/>.</param>
    public void Vmexit(in VmrunOperands operands)
    {
        Holds.Release(operands.Vmcb);
        ReleaseOptional(operands.Vmsa);
        ReleaseOptional(operands.AvicBacking);
        if (Observer is not null)
        {
            Emit(new(SnpOperationKind.Vmexit, new(operands.Vmcb, 1), default, operands.Vmsa?.Value ?? 0, CpuState.Host));
        }
    }

    /// <summary>The host writes VM_HSAVE_PA.</summary>
    /// <param name="page">The page.</param>
    /// <returns>Success, or #GP where the page is assigned.</returns>
    public InstructionResult WriteHsave(Pfn page)
    {
        var result = CheckSavePage(page);
        _hsave = result.IsSuccess ? page : _hsave;
        return result;
    }

    /// <summary>The host's VMSAVE.</summary>
    /// <param name="page">The page it writes.</param>
    /// <returns>Success, or #GP where the page is assigned.</returns>
    public InstructionResult CheckSavePage(Pfn page) => IsOn && Table.Resolve(page).Assigned && !Rules.IsOff(Vmrun.SavePage)
        ? InstructionResult.Refused(Vmrun.SavePage, RmpAnswer.GeneralProtection)
        : default;

    // By value, so that an access which is plainly allowed need not lie in memory at all: stores are what runs out first.
    [MethodImpl(MethodImplOptions.NoInlining)]
    // The IOMMU enforces the table from INIT_EX until a shutdown that names it.
    private AccessVerdict Judge(RmpAccess access) => access.Accessor == RmpAccessor.Device && !Firmware.ChecksDevices
        ? default
        : AccessCheck.ByRules(Table, Holds, Switches, Rules, access);

    private static uint Bytes(int offset, int length) => ((uint)length << 16) | (uint)offset;

    private ContentKey KeyOf(in RmpAccess access) => access.Encrypted || access.IsPrivate ? Keys[access.Asid] : ContentKey.None;

    private ulong ReadBytes(in RmpAccess access, int offset, int length)
    {
        if (IsOn && Switches.HidesCiphertext && access.Accessor is (RmpAccessor.Host or RmpAccessor.Device) && Table.Resolve(access.Frame).Asid.IsGuest)
        {
            return length == 8 ? Switches.HiddenCiphertext : Switches.HiddenCiphertext & ((1UL << (length * 8)) - 1);
        }

        return Contents.Read(access.Frame.Address + (ulong)offset, length, KeyOf(access));
    }

    private void UseOptional(Pfn? page)
    {
        if (page is { } frame)
        {
            Holds.Use(frame);
        }
    }

    private void ReleaseOptional(Pfn? page)
    {
        if (page is { } frame)
        {
            Holds.Release(frame);
        }
    }
}
