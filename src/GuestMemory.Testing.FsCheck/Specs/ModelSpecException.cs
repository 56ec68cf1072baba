using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>An implementation and the model of its interface differ after some commands.</summary>
public sealed class ModelSpecException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="subject">What was tested: "a backing store".</param>
    /// <param name="commands">The commands in words, the last being the one after which they differ.</param>
    /// <param name="difference">How they differ.</param>
    /// <param name="options">What finds it again.</param>
    public ModelSpecException(string subject, IReadOnlyList<string> commands, string difference, SequenceOptions options)
        : base(Text(subject, commands, difference, options))
    {
        Commands = commands;
        Difference = difference;
    }

    /// <summary>The commands in words; shrunk, so that none can be left out.</summary>
    public IReadOnlyList<string> Commands { get; }

    /// <summary>How implementation and model differ after the last of them.</summary>
    public string Difference { get; }

    private static string Text(string subject, IReadOnlyList<string> commands, string difference, SequenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(commands);
        var lines = commands.Select((words, at) => string.Create(CultureInfo.InvariantCulture, $"{at + 1,3}. {words}"));
        return $"{subject} differs from its model: {difference}\nafter {commands.Count} commands:\n{string.Join('\n', lines)}\nfound with {options}";
    }
}
