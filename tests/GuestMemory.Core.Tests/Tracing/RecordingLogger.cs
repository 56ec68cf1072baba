using Microsoft.Extensions.Logging;

namespace GuestMemory.Tests;

/// <summary>Keeps what is logged at or above a level.</summary>
internal sealed class RecordingLogger(LogLevel least) : ILogger<Machine>
{
    public List<(LogLevel Level, EventId Event, string Text)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Add((logLevel, eventId, formatter(state, exception)));
}
