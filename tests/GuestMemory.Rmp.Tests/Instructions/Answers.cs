using Xunit;

namespace GuestMemory.Rmp.Tests.Instructions;

/// <summary>What an instruction answered, to the bit, and by which rule.</summary>
internal static class Answers
{
    /// <summary>EXITINFO1 of a guest instruction's failed RMP check: present, user, RMP, final translation, encrypted.</summary>
    public const ulong RmpFault = 0x5_8000_0005;

    /// <summary>The same with SIZEM.</summary>
    public const ulong SizeFault = 0xd_8000_0005;

    public static void Is(this InstructionResult result, uint eax, string? rule = null)
    {
        Assert.Equal((Rmp.RmpFault.None, eax, rule), (result.Fault, (uint)result.Status, result.DecidedBy?.Id));
        Assert.Equal(eax == 0, result.IsSuccess);
    }

    public static void Faults(this InstructionResult result, RmpFaultKind kind, ulong code, ulong address, string rule)
    {
        Assert.Equal((new(kind, code, address), rule), (result.Fault, result.DecidedBy?.Id));
        Assert.False(result.IsSuccess);
    }

    public static void Is(this PvalidateResult result, uint eax, bool carry, string? rule = null)
    {
        Assert.Equal((Rmp.RmpFault.None, eax, carry, rule), (result.Fault, (uint)result.Status, result.Carry, result.DecidedBy?.Id));
        Assert.Equal(eax == 0 && !carry, result.IsChanged);
    }

    public static void Faults(this PvalidateResult result, RmpFaultKind kind, ulong code, ulong address, string rule)
    {
        Assert.Equal((new(kind, code, address), false, rule), (result.Fault, result.Carry, result.DecidedBy?.Id));
        Assert.False(result.IsChanged);
    }

    /// <summary>Calls, and holds the call to having changed nothing.</summary>
    public static T Unchanged<T>(this SnpWorld world, Func<T> call)
    {
        var before = world.State();
        var result = call();
        Assert.Equal(before, world.State());
        return result;
    }

    public static void IsRefused(this SnpWorld world, RmpUpdateOperands operands, uint eax, string rule) =>
        world.Unchanged(() => world.Platform.RmpUpdate(operands)).Is(eax, "RMPUPDATE/" + rule);
}
