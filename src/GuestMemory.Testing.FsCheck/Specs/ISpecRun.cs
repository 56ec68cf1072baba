namespace GuestMemory.Testing;

/// <summary>An implementation and a model that are given the same commands.</summary>
internal interface ISpecRun<in TCommand>
{
    /// <summary>Gives both a command and compares what they answer and what can be seen of them then.</summary>
    /// <param name="command">The command; one that means nothing now is passed over.</param>
    /// <returns>How they differ; <see langword="null"/> when they agree.</returns>
    string? Apply(TCommand command);
}
