namespace GuestMemory.Testing;

/// <summary>How many sequences are tried, how long they are, and which. The same options try the same sequences.</summary>
public sealed record SequenceOptions
{
    /// <summary>The defaults.</summary>
    public static SequenceOptions Default { get; } = new();

    /// <summary>How many sequences, at least 1. Default 200.</summary>
    public int Sequences { get; init; } = 200;

    /// <summary>Length of the longest, at least 1. They grow towards it from one sequence to the next. Default 40.</summary>
    public int Length { get; init; } = 40;

    /// <summary>What the choices are drawn from; a failure names it. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The options as C#: what repeats a run.</summary>
    public override string ToString() => $"new() {{ {nameof(Sequences)} = {Sequences}, {nameof(Length)} = {Length}, {nameof(Seed)} = {Seed} }}";

    internal SequenceOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Sequences, 1, nameof(Sequences));
        ArgumentOutOfRangeException.ThrowIfLessThan(Length, 1, nameof(Length));
        return this;
    }
}
