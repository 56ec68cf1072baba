namespace GuestMemory;

/// <summary>A system that recorded operations can be replayed on: a recording's vocabulary turned into steps, and the outcome back.</summary>
/// <remarks>Implemented by each architecture beside its model. Not thread-safe.</remarks>
public interface IReplaySystem
{
    /// <summary>Whether this system's vocabulary is the one of a recording's environment.</summary>
    /// <param name="environment">The recording's <c>meta.env</c>, such as <c>qemu-tcg-7.3</c>.</param>
    bool Understands(ReadOnlySpan<byte> environment);

    /// <summary>Chooses behaviour by a recording's <c>meta</c> object.</summary>
    /// <param name="meta">The object's JSON text, braces included; it is well-formed.</param>
    /// <exception cref="FormatException">The object lacks what the choice needs, or names a system nothing is known of.</exception>
    void Configure(ReadOnlySpan<byte> meta);

    /// <summary>Starts a case on a fresh machine.</summary>
    void StartCase();

    /// <summary>Applies one operation and writes what the system answers.</summary>
    /// <param name="operation">The operation's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="outcome">Where the answer goes, field by field in the recording's order.</param>
    /// <returns><see langword="false"/> when the operation is not of this system's vocabulary; nothing was done then.</returns>
    /// <exception cref="FormatException">An argument is missing or not of its form.</exception>
    bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome);

    /// <summary>The machine's relevant state in a few lines of text, for a report.</summary>
    string DescribeState();
}
