namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The states' names in the manual, and what their doc comments say.</summary>
internal static class StateNames
{
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

    public static string Summary(this RmpPageState state) => SnpDocs.Comments.Of(state);
}
