using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace GuestMemory.Mutation;

/// <summary>
/// The child: finds the tests once and keeps them and their code warm. It is told <c>cover</c>, or <c>mutant: test test ...</c>, and
/// answers with one line for each test (its milliseconds, the mutants it reaches, the static ones of them), or with the first test that failed.
/// </summary>
internal sealed class TestHost
{
    private readonly ITestFrameworkExecutor _executor;
    private readonly List<IXunitTestCase> _tests;
    private readonly MutantSwitch _switch;

    public TestHost(string tests, string mutated, string filter)
    {
        // A mutant that is tried from the first instruction on, for what is made once in a process.
        var first = Environment.GetEnvironmentVariable("FIRST_MUTANT");
        _switch = new(Load(mutated));
        _switch.Activate(first is null ? -1 : int.Parse(first, CultureInfo.InvariantCulture));
        var assembly = Load(tests);
        var framework = new XunitTestFramework(new NullMessageSink());
        using var sink = new MessageSink();
        framework.GetDiscoverer(Reflector.Wrap(assembly)).Find(includeSourceInformation: false, sink, new MapOfOptions());
        sink.Wait();
        var left = TestFilter.Parse(filter);
        _tests = [.. sink.Found.Where(test => left.Takes($"{test.TestMethod.TestClass.Class.Name}.{test.TestMethod.Method.Name}")).OrderBy(test => test.UniqueID, StringComparer.Ordinal)];
        _executor = framework.GetExecutor(assembly.GetName());
    }

    public int Serve(TextReader orders, TextWriter answers)
    {
        Console.SetOut(TextWriter.Null);
        answers.WriteLine($"ready {_tests.Count}");
        answers.Flush();
        while (orders.ReadLine() is { } order)
        {
            if (order == "cover")
            {
                Cover(answers);
            }
            else
            {
                var parts = order.Split(':', 2);
                _switch.Activate(int.Parse(parts[0], CultureInfo.InvariantCulture));
                answers.WriteLine(Run(parts[1] == "all" ? _tests : [.. parts[1].Split(' ').Select(at => _tests[int.Parse(at, CultureInfo.InvariantCulture)])]) ?? "survived");
            }

            answers.Flush();
        }

        return 0;
    }

    private static Assembly Load(string name) => AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    private void Cover(TextWriter answers)
    {
        _switch.Capture(isOn: true);
        foreach (var test in _tests)
        {
            var began = Stopwatch.GetTimestamp();
            var failed = RunOnce([test]);
            var (all, fixedOnes) = _switch.Covered();
            answers.WriteLine(failed is not null
                ? $"failed {failed.ReplaceLineEndings(" ")}"
                : $"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:f2};{string.Join(' ', all)};{string.Join(' ', fixedOnes)}");
        }

        _switch.Capture(isOn: false);
    }

    // The parent sends the quick tests first; most mutants fail one of them, so few are begun at once.
    private string? Run(List<IXunitTestCase> tests)
    {
        for (int at = 0, many = 4; at < tests.Count; at += many, many *= 4)
        {
            if (RunOnce(tests.Skip(at).Take(many)) is { } failed)
            {
                return "killed " + failed.ReplaceLineEndings(" ");
            }
        }

        return null;
    }

    private string? RunOnce(IEnumerable<ITestCase> tests)
    {
        using var sink = new MessageSink();
        _executor.RunTests(tests.Cast<IXunitTestCase>(), sink, new MapOfOptions());
        sink.Wait();
        return sink.Failed;
    }
}
