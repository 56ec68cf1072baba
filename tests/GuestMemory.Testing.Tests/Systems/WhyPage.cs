using System.Globalization;
using GuestMemory.Docs;

namespace GuestMemory.Testing.Tests.Systems;

/// <summary>docs/why.md: what each rule stops, as the shortest attack found without it. Written by searching; read back to be walked again.</summary>
internal static class WhyPage
{
    private const string Between = "<br>";
    private static readonly string[] s_columns = ["rule", "class", "stops", "without it, in", "breaks", "by"];

    public static string Path { get; } = System.IO.Path.Combine(RepositoryFolder.Path, "docs", "why.md");

    public static string[] Packages { get; } = ["Core", "Kvm", "Rmp", "Tdx"];

    public static IReadOnlyList<Rule> RulesOf(string package) => package == "Core"
        ? CoreRules.All
        : [.. SearchableSystems.All.Where(source => source.GetType().Assembly.GetName().Name == $"GuestMemory.{package}").SelectMany(source => source.Rules).DistinctBy(rule => rule.Id)];

    public static string Search()
    {
        var security = new RuleAblation(SearchableSystems.Sound, AttackBounds.OfSecurity, AttackBounds.System);
        var others = new RuleAblation(SearchableSystems.Sound, AttackBounds.OfOthers, AttackBounds.System);
        return Text(Packages.ToDictionary(
            package => package,
            package => RulesOf(package).AsParallel().AsOrdered().Select(rule => WhyRow.Of((rule.Class == CheckClass.Security ? security : others).Of(rule))).ToArray()));
    }

    public static string Text(IReadOnlyDictionary<string, WhyRow[]> rows) => Markdown.Text(
    [
        "# Why each rule is there",
        "",
        "For each rule of the library: what breaks when it alone is switched off, by the fewest steps, from a scenario of some system. Steps are the actor's, where a system has actors, then operation and operands; the last breaks the invariant or property named.",
        string.Create(CultureInfo.InvariantCulture, $"For rules of class security the search goes {AttackBounds.OfSecurity.Depth} steps deep and visits {AttackBounds.OfSecurity.States:N0} states a scenario, for others {AttackBounds.OfOthers.Depth} and {AttackBounds.OfOthers.States:N0}. Systems are as small as can be, one guest, page and vCPU, where the scenario does not say otherwise. Only scenarios are searched in which the rule refuses something while it is on: elsewhere a check makes no difference. A rule without an attack within these bounds is listed with the reason; that does not say that there is none."),
        "",
        "One rule with what each step answers, and with what the rule answers instead:",
        "",
        "```",
        "dotnet run -c Release --project samples/WhyThisRule -- RULE-ID",
        "```",
        "",
        "Written by searching; the tests walk every attack again, with the rule off and on. To write it anew, which takes a while:",
        "",
        "```",
        "GUESTMEMORY_APPROVE=1 dotnet test -c Release tests/GuestMemory.Testing.Tests --filter FullyQualifiedName~WhyPage",
        "```",
        "",
        .. Markdown.Table(["package", "security", "with an attack", "other rules", "with an attack "], Packages.Select(package => Totals(package, rows[package]))),
        .. Packages.SelectMany(package => Section(package, rows[package])),
    ]);

    public static IReadOnlyDictionary<string, WhyRow[]> Read(string text) => text.Split("\n## ").Skip(1).ToDictionary(
        static section => section.Split('\n')[0]["GuestMemory.".Length..],
        static section => section.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal)).Select(ReadRow).ToArray());

    private static IEnumerable<string> Section(string package, WhyRow[] rows) =>
        [$"## GuestMemory.{package}", "", .. Markdown.Table(s_columns, rows.Select(RowOf))];

    private static string[] RowOf(WhyRow row) =>
        [$"`{row.Rule}`", row.Class, row.Stops, row.Where, row.Breaks, string.Join(Between, row.Steps.Select((step, at) => $"{at + 1}. {step}"))];

    private static WhyRow ReadRow(string line)
    {
        var cells = line.Trim('|', ' ').Split(" | ").Select(static cell => cell.Replace("\\|", "|", StringComparison.Ordinal).Trim()).ToArray();
        var steps = cells.Length > 5 && cells[5].Length > 0 ? cells[5].Split(Between).Select(static step => step[(step.IndexOf(' ', StringComparison.Ordinal) + 1)..]) : [];
        return new(cells[0].Trim('`'), cells[1], cells[2], cells[3], cells[4], [.. steps]);
    }

    private static string[] Totals(string package, WhyRow[] rows)
    {
        var security = rows.Where(static row => row.Class == "security").ToArray();
        var others = rows.Length - security.Length;
        return [$"GuestMemory.{package}", Number(security.Length), Number(security.Count(static row => row.HasAttack)), Number(others), Number(rows.Count(static row => row.HasAttack) - security.Count(static row => row.HasAttack))];
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
