namespace GuestMemory.Testing;

/// <summary>An operation that the model leaves out; the rest of its case was not replayed.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Line">The operation's line, from 1.</param>
/// <param name="Case">The case's name.</param>
/// <param name="Operation">The operation's name.</param>
/// <param name="Entry">The entry of <c>docs/model-boundary.md</c>.</param>
/// <param name="Message">What was asked.</param>
public sealed record OutsideModelStop(string File, long Line, string Case, string Operation, string Entry, string Message);
