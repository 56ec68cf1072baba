using System.Collections.Concurrent;
using System.Globalization;

namespace GuestMemory.Mutation;

/// <summary>
/// Tries every mutant of a report on the tests that reach it, in children that live on from mutant to mutant. That a mutant left
/// something behind is looked for: time and again the tests that failed must pass without one, or what was found since is found again in a new child.
/// </summary>
internal sealed class MutantRun(TestedFolder folder, MutantReport report)
{
    private const int BetweenControls = 20;
    private static readonly TimeSpan s_start = TimeSpan.FromMinutes(2);
    private readonly ConcurrentQueue<MutantWork> _left = new();
    private readonly Lock _reporting = new();
    private int _done;
    private int _again;

    public int WriteTo(string file)
    {
        Plan();
        var total = _left.Count;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => Work(total))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        report.Write(file);
        Console.WriteLine($"{total} mutants tried, {_again} of them again in a new process");
        return 0;
    }

    // What every test reaches, asked of one child.
    private void Plan()
    {
        using var child = new TestProcess(folder);
        var tests = int.Parse(Started(child)["ready ".Length..], CultureInfo.InvariantCulture);
        var times = new double[tests];
        var reaching = new Dictionary<int, List<int>>();
        var atStart = new HashSet<int>();
        for (var test = 0; test < tests; test++)
        {
            var line = child.Ask(test == 0 ? "cover" : null, s_start) ?? throw new InvalidOperationException("The tests ended before their end.");
            if (line.StartsWith("failed", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"A test fails without any mutant: {line}");
            }

            var parts = line.Split(';');
            times[test] = double.Parse(parts[0], CultureInfo.InvariantCulture);
            Numbers(parts[1]).ForEach(mutant => (reaching.TryGetValue(mutant, out var list) ? list : reaching[mutant] = []).Add(test));
            atStart.UnionWith(Numbers(parts[2]));
        }

        foreach (var mutant in report.Mutants)
        {
            if (atStart.Contains(mutant))
            {
                _left.Enqueue(new(mutant, null, times.Sum()));
            }
            else if (reaching.TryGetValue(mutant, out var list))
            {
                _left.Enqueue(new(mutant, [.. list.OrderBy(test => times[test])], list.Sum(test => times[test])));
            }
            else
            {
                report.Set(mutant, "NoCoverage", "Not covered by any test.");
            }
        }

        Console.WriteLine($"{tests} tests, {times.Sum() / 1000:f1} s; {_left.Count} mutants, {atStart.Count} of them made with a type");
    }

    private void Work(int total)
    {
        TestProcess? child = null;
        var since = new List<(MutantWork Work, string Answer)>();
        while (_left.TryDequeue(out var work))
        {
            if (work.Tests is null)
            {
                Settle(work, TryAlone(work), total);
                continue;
            }

            child ??= Child();
            var answer = Try(child, work);
            if (answer is "timeout" or "ended")
            {
                child.Dispose();
                child = null;
            }

            since.Add((work, answer));
            if (since.Count >= BetweenControls || child is null || _left.IsEmpty)
            {
                if (child is not null && !IsSound(child, since))
                {
                    child.Dispose();
                    child = null;
                    since = since.ConvertAll(one => (one.Work, TryAlone(one.Work)));
                    Interlocked.Add(ref _again, since.Count);
                }

                since.ForEach(one => Settle(one.Work, one.Answer, total));
                since.Clear();
            }
        }

        since.ForEach(one => Settle(one.Work, one.Answer, total));
        child?.Dispose();
    }

    private TestProcess Child()
    {
        var child = new TestProcess(folder);
        _ = Started(child);
        return child;
    }

    private static string Started(TestProcess child) => child.Ask(null, s_start) ?? throw new InvalidOperationException("The tests do not start.");

    // Without a mutant everything that failed since the last time passes, and so does what did not fail.
    private static bool IsSound(TestProcess child, List<(MutantWork Work, string Answer)> since)
    {
        var tests = since.SelectMany(one => one.Work.Tests!.Take(64)).Distinct();
        try
        {
            return child.Ask($"-1:{string.Join(' ', tests)}", s_start) == "survived";
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private string TryAlone(MutantWork work)
    {
        using var child = new TestProcess(folder, work.Mutant);
        try
        {
            return child.Ask(null, s_start) is null ? "ended" : Try(child, work);
        }
        catch (TimeoutException)
        {
            return "timeout";
        }
    }

    private static string Try(TestProcess child, MutantWork work)
    {
        try
        {
            var order = work.Tests is { } tests ? string.Join(' ', tests) : "all";
            return child.Ask($"{work.Mutant}:{order}", TimeSpan.FromMilliseconds(20_000 + (work.Milliseconds * 3))) ?? "ended";
        }
        catch (TimeoutException)
        {
            return "timeout";
        }
    }

    private void Settle(MutantWork work, string answer, int total)
    {
        lock (_reporting)
        {
            var status = answer switch { "survived" => "Survived", "timeout" => "Timeout", _ => "Killed" };
            report.Set(work.Mutant, status, answer);
            if (++_done % 250 == 0)
            {
                Console.WriteLine($"{_done} of {total}");
            }
        }
    }

    private static List<int> Numbers(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
}
