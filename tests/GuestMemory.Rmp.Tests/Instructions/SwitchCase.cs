namespace GuestMemory.Rmp.Tests.Instructions;

/// <summary>What a switch decides: the world it matters in, another value of it, and the call that is answered otherwise then.</summary>
internal sealed record SwitchCase(Func<SnpSwitches, SnpSwitches> Other, Func<SnpWorld, object> Ask, string Default, string Otherwise, SnpSwitches? Base = null)
{
    public string AnswerWith(Func<SnpSwitches, SnpSwitches>? change = null)
    {
        var switches = Base ?? SnpSwitches.Default;
        return Ask(new(change is null ? switches : change(switches))).ToString()!;
    }
}
