using System.Xml.Linq;

namespace GuestMemory.Docs;

/// <summary>The summaries of a package's doc comments.</summary>
internal sealed class DocComments(string package)
{
    private readonly Lazy<Dictionary<string, string>> _summaries = new(() => Read(package));

    /// <summary>All of them.</summary>
    public IEnumerable<string> All => _summaries.Value.Values;

    public string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => _summaries.Value[$"F:{typeof(TEnum).FullName}.{value}"];

    // A reference in brackets leaves them empty.
    private static Dictionary<string, string> Read(string package) =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{package}.xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")?.Value.Trim().Replace(" ()", "", StringComparison.Ordinal) ?? "");
}
