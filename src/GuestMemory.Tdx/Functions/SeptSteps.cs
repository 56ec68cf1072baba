namespace GuestMemory.Tdx;

/// <summary>What becomes of Secure EPT entries and of the pages they lie in when a function goes through.</summary>
internal static class SeptSteps
{
    /// <summary>Writes the entry the call walked to.</summary>
    public static void Write(ref HostCall call, SeptEntry entry) => call.Place.Page[call.Place.Index] = entry;

    /// <summary>Makes a page of entries what the entry the call walked to leads to, or nothing.</summary>
    public static void Lead(ref HostCall call, SeptPage? to) => call.Place.Page.SetChild(call.Place.Index, to);

    /// <summary>Takes a page of the tree out of use: what its entries were is then what lies in memory there. While it is used the tree has its content.</summary>
    /// <param name="state">The module.</param>
    /// <param name="page">The page.</param>
    /// <param name="key">The TD's key.</param>
    public static void Spill(ModuleState state, SeptPage page, ContentKey key) => state.Memory.WriteFrame(page.Frame, page.Words, key);

    /// <summary>Spills every page of a tree nobody can walk any more, its root included.</summary>
    /// <param name="state">The module.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="key">The TD's key.</param>
    public static void SpillAll(ModuleState state, SecureEpt tree, ContentKey key)
    {
        foreach (var page in tree.Pages())
        {
            Spill(state, page, key);
        }
    }
}
