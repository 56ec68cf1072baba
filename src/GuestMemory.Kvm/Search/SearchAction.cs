namespace GuestMemory.Kvm;

/// <summary>One thing that can be done in a small world.</summary>
/// <param name="Words">The step in words.</param>
/// <param name="CanRun">Whether it is worth doing now.</param>
/// <param name="Run">Does it.</param>
internal sealed record SearchAction(string Words, Func<bool> CanRun, Func<Outcome> Run)
{
    /// <summary>The words.</summary>
    public override string ToString() => Words;
}
