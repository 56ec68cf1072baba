namespace GuestMemory.Testing;

/// <summary>The first operation of a case that a system answers otherwise than was recorded.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Line">The operation's line, from 1.</param>
/// <param name="Case">The case's name.</param>
/// <param name="Operation">The operation's name.</param>
/// <param name="Arguments">Its arguments as recorded, JSON.</param>
/// <param name="Expected">The recorded answer, JSON.</param>
/// <param name="Actual">The system's answer, JSON.</param>
/// <param name="DecidedBy">The rule that decided the system's answer; <see langword="null"/> when none did.</param>
/// <param name="StateBefore">The system's description of its state before the operation.</param>
/// <param name="StateAfter">The same after it.</param>
/// <param name="FurtherInCase">How many later operations of the case differ too: they may only follow from this one.</param>
public sealed record ReplayDifference(
    string File,
    long Line,
    string Case,
    string Operation,
    string Arguments,
    string Expected,
    string Actual,
    Rule? DecidedBy,
    string StateBefore,
    string StateAfter,
    long FurtherInCase);
