namespace GuestMemory.Tests;

/// <summary>What the invariants say of a machine, and what a checker of what was touched says of one step on it.</summary>
internal static class Breaches
{
    /// <summary>Every broken invariant with its words, in the order they are listed.</summary>
    public static string[] Of(Machine machine)
    {
        var broken = new List<string>();
        foreach (var invariant in MachineInvariants.All)
        {
            if (invariant.FindBreach(machine) is { } breach)
            {
                broken.Add($"{invariant.Name}: {breach}");
            }
        }

        return [.. broken];
    }

    /// <summary>What the checker throws at a step; <see langword="null"/> for nothing.</summary>
    public static string? At(Machine machine, StepKind kind, ulong start = 0x30, ulong count = 1, ulong detail = 0, ushort guest = 1) =>
        At(Checker(machine), machine, kind, start, count, detail, guest);

    public static string? At(
        InvariantChecker checker, Machine machine, StepKind kind, ulong start = 0x30, ulong count = 1, ulong detail = 0, ushort guest = 1)
    {
        try
        {
            checker.OnStep(machine, new(kind, new(guest), start, count, detail, Outcome.Success));
            return null;
        }
        catch (ModelInvariantException breach)
        {
            return breach.Message;
        }
    }

    /// <summary>A checker that knows the machine's bytes as they are: the step it heard of may change any and touches nothing.</summary>
    public static InvariantChecker Checker(Machine machine)
    {
        var checker = new InvariantChecker();
        checker.OnStep(machine, new(StepKind.CallReturned, GuestId.None, 0, 0, 0, Outcome.Success));
        return checker;
    }
}
