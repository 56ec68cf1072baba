using System.Xml.Linq;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The states' names in the manual, and what their doc comments say.</summary>
internal static class StateNames
{
    private static readonly Lazy<Dictionary<string, string>> s_summaries = new(Summaries);

    public static string Name(this RmpPageState state) => state switch
    {
        RmpPageState.HvFixed => "HV-Fixed",
        RmpPageState.PreGuest => "Pre-Guest",
        RmpPageState.PreSwap => "Pre-Swap",
        RmpPageState.GuestInvalid => "Guest-Invalid",
        RmpPageState.GuestValid => "Guest-Valid",
        RmpPageState.IommuBuffer => "IOMMU-buffer",
        _ => $"{state}",
    };

    public static string Summary(this RmpPageState state) => s_summaries.Value[$"F:{typeof(RmpPageState).FullName}.{state}"];

    private static Dictionary<string, string> Summaries() =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, "GuestMemory.Rmp.xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")?.Value.Trim() ?? "");
}
