using System.Globalization;
using System.Text;

namespace GuestMemory.Testing;

/// <summary>A sequence of a system's steps, each of which its state offers.</summary>
/// <remarks>Immutable. As text it is a numbered list.</remarks>
public sealed class StepSequence
{
    private readonly IStepSystem _system;
    private readonly uint[] _steps;

    internal StepSequence(IStepSystem system, uint[] steps)
    {
        _system = system;
        _steps = steps;
    }

    /// <summary>The steps, by the system's own numbers.</summary>
    public IReadOnlyList<uint> Steps => _steps;

    /// <summary>The steps in words.</summary>
    public IReadOnlyList<string> Descriptions => Array.ConvertAll(_steps, _system.Describe);

    internal uint[] Numbers => _steps;

    /// <summary>The sequence as a fact that replays it, to be pasted into a test class.</summary>
    /// <param name="name">The fact's name: letters, digits and underscores.</param>
    /// <param name="arguments">The first arguments of <see cref="StepProperties.Replay(Func{IStepSystem}, string[])"/>: how the system is made, and what must hold.</param>
    public string ToCode(string name, params ReadOnlySpan<string> arguments)
    {
        var code = new StringBuilder();
        code.Append("[Fact]\n").Append("public void ").Append(name).Append("() => ").Append(nameof(StepProperties)).Append('.').Append(nameof(StepProperties.Replay)).Append('(');
        code.AppendJoin(", ", arguments!);
        foreach (var words in Descriptions)
        {
            code.Append(",\n    ").Append(CodeText.Quoted(words));
        }

        return code.Append(");\n").ToString();
    }

    /// <summary>The steps in words, numbered from 1, one a line.</summary>
    public override string ToString() =>
        string.Join('\n', Descriptions.Select((words, at) => string.Create(CultureInfo.InvariantCulture, $"{at + 1,3}. {words}")));
}
