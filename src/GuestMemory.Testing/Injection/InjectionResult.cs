namespace GuestMemory.Testing;

/// <summary>What came of one strike.</summary>
/// <param name="Strike">The strike.</param>
/// <param name="Left">What is declared to stay; <see langword="null"/>: nothing of a refused operation, all of one that succeeded.</param>
/// <param name="Finding">What is wrong; <see langword="null"/> when all is as declared.</param>
public sealed record InjectionResult(InjectedStrike Strike, PartialEffect? Left, string? Finding)
{
    /// <summary>The strike, what stays, and the finding.</summary>
    public override string ToString() =>
        $"{Strike}; {(Left is not null ? Left.Stays : Strike.Changed ? "all of it" : "nothing")}{(Finding is null ? "" : $"; {Finding}")}";
}
