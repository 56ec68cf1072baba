namespace GuestMemory.Tdx;

/// <summary>Pages a host hands to functions: free ones, one in use, one that the module does not have.</summary>
internal static class ScenarioPages
{
    /// <summary>All of them, with what they are called.</summary>
    public static IEnumerable<(string Name, ulong Page)> Given(int guest, int first, int count)
    {
        for (var page = first; page < first + count; page++)
        {
            yield return ($"{page}", SearchWorld.Page(page));
        }

        yield return ("used", SearchWorld.Own(guest, 1));
        yield return ("outside", SearchWorld.Outside);
    }
}
