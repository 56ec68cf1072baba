using Xunit;

namespace GuestMemory.Testing.Tests.Search;

public sealed class StateSearchTests
{
    [Theory]
    [InlineData(1, 1, 4)]
    [InlineData(2, 3, 343)]
    [InlineData(3, 4, 10_000)]
    public void Every_reachable_state_is_visited_once(int guests, int pages, int states)
    {
        var report = Search(guests, pages);

        Assert.Equal(SearchEnd.Exhausted, report.End);
        Assert.Equal(states, report.States);
        Assert.Equal(3 * pages, report.Depth);
        Assert.Equal(0, report.Frontier);
        Assert.Null(report.Counterexample);
    }

    // Each page by itself: lending from free, one step on from each of three stages, taking from the first of them; taking from the other two is refused.
    [Fact]
    public void Transitions_and_refusals_are_counted_apart()
    {
        var report = Search(guests: 2, pages: 3);

        Assert.Equal(343 / 7 * 3 * (2 + (2 * 4)), report.Transitions);
        Assert.Equal(343 / 7 * 3 * (2 * 2), report.Refused);
        Assert.Equal([LendingSystem.TakeMapped.Id], report.RulesSeen);
    }

    [Fact]
    public void What_breaks_is_found_by_the_fewest_steps_and_walks_again()
    {
        var search = new StateSearch(() => new LendingSystem(2, 3, checksMapped: false));

        var found = search.Run();

        Assert.Equal(SearchEnd.Found, found.End);
        Assert.Equal(["lend page=0 guest=0", "go-on page=0", "take page=0"], found.Counterexample!.Steps.Select(step => step.Text));
        Assert.Equal(("lent", "page 0 is taken while mapped"), (found.Counterexample.Breaks, found.Counterexample.Message));
        Assert.Equal("breaks lent", found.Counterexample.Steps[^1].Answer);
        var again = Counterexample.Walk(() => new LendingSystem(2, 3, checksMapped: false), found.Counterexample.Steps.Select(step => step.Code));
        Assert.Equal(found.Counterexample.ToString(), again!.ToString());
        Assert.Null(Counterexample.Walk(() => new LendingSystem(2, 3), found.Counterexample.Steps.Select(step => step.Code)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_number_of_workers_says_the_same(bool checksMapped)
    {
        var reports = new[] { 1, 2, 3 }.Select(workers => new StateSearch(() => new LendingSystem(2, 5, checksMapped), new() { Workers = workers, UsesSymmetry = false }).Run()).ToArray();

        Assert.All(reports, report => Assert.Equal(Told(reports[0]), Told(report)));
        Assert.Equal(reports[0].Counterexample?.ToString(), reports[2].Counterexample?.ToString());
        Assert.Equal(checksMapped ? 16_807 : reports[0].States, reports[0].States);
    }

    [Fact]
    public void With_and_without_symmetry_the_verdicts_agree_and_the_classes_are_counted()
    {
        foreach (var (guests, pages) in new[] { (1, 4), (2, 3), (3, 3), (2, 5) })
        {
            var plain = Search(guests, pages);
            var classes = new StateSearch(() => new LendingSystem(guests, pages)).Run();
            Assert.Equal(Classes(guests, pages), classes.States);
            Assert.True(classes.States < plain.States);
            Assert.Equal((plain.End, plain.Depth), (classes.End, classes.Depth));
            Assert.Equal(plain.Properties, classes.Properties);
            Assert.Equal(plain.RulesSeen, classes.RulesSeen);
        }

        var broken = new StateSearch(() => new LendingSystem(2, 3, checksMapped: false)).Run();
        Assert.Equal(3, broken.Counterexample!.Steps.Count);
    }

    [Fact]
    public void Bounds_end_the_search_and_are_named()
    {
        Assert.Equal((SearchEnd.Depth, 2), EndOf(new() { Depth = 2 }));
        Assert.Equal(SearchEnd.States, EndOf(new() { States = 100 }).End);
        Assert.Equal(SearchEnd.Bytes, EndOf(new() { Bytes = 1 }).End);
        Assert.Equal(SearchEnd.Time, EndOf(new() { Clock = TimeProvider.System, Time = TimeSpan.Zero }).End);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Equal(SearchEnd.Cancelled, new StateSearch(() => new LendingSystem(2, 5)).Run(cancelled.Token).End);
        Assert.Equal(SearchEnd.Exhausted, EndOf(new() { Depth = 16 }).End);
        Assert.Equal(SearchEnd.Depth, EndOf(new() { Depth = 15 }).End);

        static (SearchEnd End, int Depth) EndOf(SearchOptions options)
        {
            var report = new StateSearch(() => new LendingSystem(2, 5), options with { UsesSymmetry = false }).Run();
            return (report.End, report.Depth);
        }
    }

    [Fact]
    public void Properties_are_judged()
    {
        var report = Search(2, 3);
        Assert.Equal(
            [new("all-written", PropertyKind.Sometimes, true), new("fewer-than-written", PropertyKind.Always, true)], report.Properties);

        var shallow = new StateSearch(() => new LendingSystem(2, 3), new() { Depth = 8 }).Run();
        Assert.False(shallow.Properties[0].Holds);

        var own = new StateSearch(() => new LendingSystem(2, 3), new() { Properties = [system => new("page-2-free", "Page 2 is never lent.", PropertyKind.Never, () => ((LendingSystem)system)[2] != 0)] }).Run();
        Assert.Equal("page-2-free", own.Counterexample!.Breaks);
        Assert.Equal("lend page=2 guest=0", Assert.Single(own.Counterexample.Steps).Text);
        Assert.Equal(new PropertyVerdict("page-2-free", PropertyKind.Never, false), own.Properties[2]);
    }

    [Fact]
    public void A_broken_first_state_is_found_by_no_step()
    {
        var report = new StateSearch(() => new LendingSystem(1, 1), new() { Properties = [_ => new("no", "Nothing is ever right.", PropertyKind.Always, () => false)] }).Run();

        Assert.Equal(SearchEnd.Found, report.End);
        Assert.Empty(report.Counterexample!.Steps);
    }

    [Fact]
    public void A_search_that_was_written_goes_on_as_if_it_had_not_ended()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("search");
        var options = new SearchOptions { UsesSymmetry = false };
        var whole = new StateSearch(() => new LendingSystem(3, 4), options).Run();
        var first = new StateSearch(() => new LendingSystem(3, 4), options with { States = 2_000, Checkpoint = path }).Run();
        Assert.Equal(SearchEnd.States, first.End);

        var rest = new StateSearch(() => new LendingSystem(3, 4), options).Resume(path);

        Assert.Equal(Told(whole), Told(rest));
        Assert.Throws<FormatException>(() => new StateSearch(() => new LendingSystem(2, 4), options).Resume(path));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^40]);
        Assert.Throws<FormatException>(() => new StateSearch(() => new LendingSystem(3, 4), options).Resume(path));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(5, true)]
    [InlineData(3, false)]
    public void Shards_merge_to_the_whole(int shards, bool checksMapped)
    {
        using var folder = new TemporaryFolder();
        var whole = new StateSearch(() => new LendingSystem(3, 4, checksMapped), new() { UsesSymmetry = false }).Run();
        var paths = Enumerable.Range(1, shards).Select(number => folder.File($"{number}")).ToArray();
        var parts = paths.Select((path, at) => new StateSearch(() => new LendingSystem(3, 4, checksMapped), new() { UsesSymmetry = false, Shard = new(at + 1, shards), ResultFile = path }).Run()).ToArray();

        var merged = ShardResults.Merge(paths);

        if (checksMapped)
        {
            Assert.Equal(Told(whole), Told(merged));
            Assert.All(parts, part => Assert.True(part.Transitions < whole.Transitions));
        }

        Assert.Equal(whole.Counterexample?.Steps.Count, merged.Counterexample?.Steps.Count);
        Assert.Equal(whole.End, merged.End);
        Assert.Throws<FormatException>(() => ShardResults.Merge(paths[1..]));
        Assert.Throws<FormatException>(() => ShardResults.Merge([.. paths, paths[0]]));
    }

    [Fact]
    public void Progress_tells_what_the_report_says_in_the_end()
    {
        var heard = new List<SearchProgress>();
        var report = new StateSearch(() => new LendingSystem(2, 5), new() { UsesSymmetry = false, Progress = heard.Add }).Run();

        Assert.Equal((report.States, report.Transitions, report.Depth), (heard[^1].States, heard[^1].Transitions, heard[^1].Depth));
        Assert.True(heard.Count > report.Depth);
    }

    private static SearchReport Search(int guests, int pages) => new StateSearch(() => new LendingSystem(guests, pages), new() { UsesSymmetry = false }).Run();

    private static string Told(SearchReport report) =>
        $"{report.End} {report.States} {report.Transitions} {report.Refused} {report.Depth} {report.Frontier} [{string.Join(", ", report.Properties)}] [{string.Join(", ", report.RulesSeen)}]";

    // Counted without the search: states that are each other's images under exchanges of guests, as multisets of pages.
    private static int Classes(int guests, int pages)
    {
        var classes = new HashSet<string>(StringComparer.Ordinal);
        var total = (int)Math.Pow(1 + (3 * guests), pages);
        for (var state = 0; state < total; state++)
        {
            var digits = new int[pages];
            for (var (page, rest) = (0, state); page < pages; page++, rest /= 1 + (3 * guests))
            {
                digits[page] = rest % (1 + (3 * guests));
            }

            classes.Add(Orders(guests).Select(order => string.Join(',', digits.Select(digit => digit == 0 ? 0 : (order[(digit - 1) / 3] * 3) + ((digit - 1) % 3) + 1).Order())).Min(StringComparer.Ordinal)!);
        }

        return classes.Count;
    }

    private static IEnumerable<int[]> Orders(int count) => count == 1
        ? [[0]]
        : Orders(count - 1).SelectMany(order => Enumerable.Range(0, count).Select(at => (int[])[.. order[..at], count - 1, .. order[at..]]));
}
