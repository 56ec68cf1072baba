using System.Globalization;
using System.Text;

namespace GuestMemory.Testing;

/// <summary>A counterexample as C# that pastes into a test class.</summary>
public static class CounterexampleCode
{
    /// <summary>Writes a test of xUnit's form: it passes while the system breaks as it was found to, and fails once it does not.</summary>
    /// <param name="counterexample">The counterexample.</param>
    /// <param name="source">C# for the kind of system, such as <c>SnpSystems.Snp</c>.</param>
    /// <param name="options">What the system is made of.</param>
    public static string Write(Counterexample counterexample, string source, StepSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(counterexample);
        ArgumentNullException.ThrowIfNull(options);
        var code = new StringBuilder();
        code.Append(CultureInfo.InvariantCulture, $"[Fact]\npublic void {NameOf(counterexample)}()\n{{\n");
        code.Append(CultureInfo.InvariantCulture, $"    var found = Counterexample.Walk(\n        () => {source}.Create({TextOf(options)}),\n        [\n");
        foreach (var step in counterexample.Steps)
        {
            code.Append(CultureInfo.InvariantCulture, $"            {Quoted(step.Words)},\n");
        }

        return code.Append(CultureInfo.InvariantCulture, $"        ]);\n\n    Assert.Equal({Quoted(counterexample.Breaks)}, found?.Breaks);\n}}\n").ToString();
    }

    private static string NameOf(Counterexample counterexample)
    {
        var name = string.Concat(counterexample.Breaks.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        return string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(counterexample.System[0])}{counterexample.System[1..].Replace('-', '_')}_breaks_{name}_in_{counterexample.Steps.Count}_steps");
    }

    private static string TextOf(StepSystemOptions options)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"new() {{ Guests = {options.Guests}, Pages = {options.Pages}, Vcpus = {options.Vcpus}");
        text += options.Scenario is null ? "" : $", Scenario = {Quoted(options.Scenario)}";
        text += options.Rules.Off.Any() ? ", Rules = RuleSwitches.AllOn" + string.Concat(options.Rules.Off.Select(static rule => $".Without({Quoted(rule)})")) : "";
        return text + " }";
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
