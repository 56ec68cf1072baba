using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace GuestMemory.Mutation;

/// <summary>
/// The child: finds the tests once and keeps them and their code warm. It is told <c>cover</c>, or <c>mutant:test test ...</c>, and answers with
/// the mutants reached while static things are made and one line for each test (its milliseconds, the mutants it reaches, its name where it fails), or with the first test that failed.
/// </summary>
internal sealed class TestHost
{
    private const int AtOnce = 16;
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
        if (first is null)
        {
            _switch.Capture(isOn: true);
            MakeStatics();
            _switch.Capture(isOn: false);
        }

        var framework = new XunitTestFramework(new NullMessageSink());
        using var sink = new MessageSink();
        framework.GetDiscoverer(Reflector.Wrap(assembly)).Find(includeSourceInformation: false, sink, new MapOfOptions());
        sink.Wait();
        var wanted = TestFilter.Parse(filter);
        _tests = [.. sink.Found.Where(test => wanted.Takes($"{test.TestMethod.TestClass.Class.Name}.{test.TestMethod.Method.Name}")).OrderBy(test => test.UniqueID, StringComparer.Ordinal)];
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
                answers.WriteLine(Run(parts[1] == "all" ? _tests : [.. parts[1].Split(' ').Select(at => _tests[int.Parse(at, CultureInfo.InvariantCulture)])], answers) ?? "survived");
            }

            answers.Flush();
        }

        return 0;
    }

    private static Assembly Load(string name) => AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    // What is made once in a process is made before the first mutant, or it would keep that mutant's mark.
    private static void MakeStatics()
    {
        foreach (var assembly in Directory.GetFiles(AppContext.BaseDirectory, "GuestMemory*.dll").Select(file => Load(Path.GetFileNameWithoutExtension(file))))
        {
            foreach (var type in assembly.GetTypes().Where(type => !type.ContainsGenericParameters))
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            }
        }
    }

    // Capturing takes time and memory, so what a test takes, and whether it passes, is asked without.
    private void Cover(TextWriter answers)
    {
        answers.WriteLine(string.Join(' ', _switch.Covered()));
        foreach (var test in _tests)
        {
            _switch.Capture(isOn: true);
            _ = RunOnce([test]);
            _switch.Capture(isOn: false);
            var covered = _switch.Covered();
            var began = Stopwatch.GetTimestamp();
            var failed = RunOnce([test]);
            answers.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:f2};{string.Join(' ', covered)};{failed}");
        }
    }

    // The parent sends the quick tests first; most mutants fail one of them, so few are begun at once, and after each few it hears that all is well.
    private string? Run(List<IXunitTestCase> tests, TextWriter answers)
    {
        for (var at = 0; at < tests.Count; at += AtOnce)
        {
            if (RunOnce(tests.Skip(at).Take(AtOnce)) is { } failed)
            {
                return $"killed {failed}";
            }

            answers.WriteLine("on");
            answers.Flush();
        }

        return null;
    }

    private string? RunOnce(IEnumerable<ITestCase> tests)
    {
        using var sink = new MessageSink();
        _executor.RunTests(tests, sink, new MapOfOptions());
        sink.Wait();
        return sink.Failed is { } failed ? $"{(sink.FailedCase is IXunitTestCase test ? _tests.IndexOf(test) : -1)} {failed.Replace(';', ',').ReplaceLineEndings(" ")}" : null;
    }
}
