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
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private int _done;
    private int _again;

    /// <summary>Tries them all and writes the report.</summary>
    /// <returns>What the program answers: 0, or 1 where a test fails without any mutant.</returns>
    public int WriteTo(string file)
    {
        if (!TryPlan())
        {
            return 1;
        }

        var total = _left.Count;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => Work(total))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        report.Write(file);
        Console.WriteLine($"{total} mutants tried, {_again} of them again in a new process");
        return 0;
    }

    // What every test reaches, asked of one child.
    private bool TryPlan()
    {
        using var child = new TestProcess(folder);
        var tests = int.Parse(Started(child)["ready ".Length..], CultureInfo.InvariantCulture);
        var times = new double[tests];
        var reaching = new Dictionary<int, List<int>>();
        var atStart = Numbers(child.Ask("cover", s_start) ?? throw Ended()).ToHashSet();
        for (var test = 0; test < tests; test++)
        {
            var parts = (child.Ask(null, s_start) ?? throw Ended()).Split(';');
            if (parts[2].Length > 0)
            {
                Console.Error.WriteLine($"fails without any mutant: {parts[2]}");
                return false;
            }

            times[test] = double.Parse(parts[0], CultureInfo.InvariantCulture);
            Numbers(parts[1]).ForEach(mutant => (reaching.TryGetValue(mutant, out var list) ? list : reaching[mutant] = []).Add(test));
        }

        foreach (var mutant in report.Mutants)
        {
            if (reaching.TryGetValue(mutant, out var list))
            {
                _left.Enqueue(new(mutant, [.. list.OrderBy(test => times[test])], list.Max(test => times[test])));
            }
            else if (atStart.Contains(mutant))
            {
                _left.Enqueue(new(mutant, null, times.Max()));
            }
            else
            {
                report.Set(mutant, "NoCoverage", "Not covered by any test.");
            }
        }

        Console.WriteLine($"{tests} tests, {times.Sum() / 1000:f1} s; {_left.Count} mutants, {_left.Count(work => work.Tests is null)} of them reached only while something static is made");
        return true;

        static InvalidOperationException Ended() => new("The tests ended before their end.");
    }

    private void Work(int total)
    {
        TestProcess? child = null;
        var killers = new List<int>();
        var since = new List<(MutantWork Work, string Answer)>();
        while (_left.TryDequeue(out var work) || since.Count > 0)
        {
            if (work is null)
            {
                Control();
                continue;
            }

            if (work.Tests is null)
            {
                Settle(work, TryAlone(work), total);
                continue;
            }

            child ??= Child();
            // What noticed the mutants before this one will often notice it too.
            var tests = work.Tests.ToHashSet();
            var answer = Try(child, work with { Tests = [.. killers.Where(tests.Contains), .. work.Tests.Except(killers)] });
            if (answer is "timeout" or "ended")
            {
                // Nothing can be asked of that child any more: what it answered since the last control is found again.
                Settle(work, answer, total);
                since.ForEach(one => _left.Enqueue(one.Work));
                since.Clear();
                child.Dispose();
                child = null;
                continue;
            }

            if (FailedTest(answer) is { } failed and >= 0)
            {
                killers.Remove(failed);
                killers.Insert(0, failed);
                killers.RemoveRange(Math.Min(killers.Count, 24), Math.Max(killers.Count - 24, 0));
            }

            since.Add((work, answer));
            if (since.Count >= BetweenControls)
            {
                Control();
            }
        }

        child?.Dispose();

        void Control()
        {
            if (!IsSound(child!, since))
            {
                child!.Dispose();
                child = null;
                since = since.ConvertAll(one => (one.Work, TryAlone(one.Work)));
                Interlocked.Add(ref _again, since.Count);
            }

            since.ForEach(one => Settle(one.Work, one.Answer, total));
            since.Clear();
        }
    }

    private TestProcess Child()
    {
        var child = new TestProcess(folder);
        _ = Started(child);
        return child;
    }

    private static string Started(TestProcess child) => child.Ask(null, s_start) ?? throw new InvalidOperationException("The tests do not start.");

    // Without a mutant everything that failed since the last control passes.
    private bool IsSound(TestProcess child, List<(MutantWork Work, string Answer)> since)
    {
        int[] failed = [.. since.Select(one => FailedTest(one.Answer) ?? -1).Where(test => test >= 0).Distinct()];
        var answer = failed.Length == 0 ? "survived" : Try(child, new(-1, failed, since.Max(one => one.Work.Milliseconds)));
        if (answer != "survived")
        {
            Say($"something was left behind by one of {string.Join(", ", since.Select(one => one.Work.Mutant))}: {answer}");
        }

        return answer == "survived";
    }

    private static int? FailedTest(string answer) => answer.StartsWith("killed ", StringComparison.Ordinal) ? int.Parse(answer.Split(' ')[1], CultureInfo.InvariantCulture) : null;

    // All tests, for under a mutant even their list may be another one.
    private string TryAlone(MutantWork work)
    {
        using var child = new TestProcess(folder, work.Mutant);
        try
        {
            return child.Ask(null, s_start) is null ? "ended" : Try(child, work with { Tests = null });
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
            var answer = child.Ask($"{work.Mutant}:{order}", work.AtMost);
            while (answer == "on")
            {
                answer = child.Ask(null, work.AtMost);
            }

            return answer ?? "ended";
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
            _counts[status] = _counts.GetValueOrDefault(status) + 1;
            if (++_done % 250 == 0)
            {
                Console.WriteLine($"{_done} of {total}: {string.Join(", ", _counts.Select(count => $"{count.Key} {count.Value}"))}");
            }
        }
    }

    private void Say(string text)
    {
        lock (_reporting)
        {
            Console.WriteLine(text);
        }
    }

    private static List<int> Numbers(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
}
