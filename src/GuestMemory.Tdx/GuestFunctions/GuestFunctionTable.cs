namespace GuestMemory.Tdx;

/// <summary>The module's functions for guests, by number.</summary>
public static class GuestFunctionTable
{
    private static readonly GuestFunction[] s_all = [TdgMemPageAccept.Function, TdgMemPageAttrRd.Function, TdgMemPageAttrWr.Function];

    /// <summary>All of them, in the order of their numbers.</summary>
    public static IReadOnlyList<GuestFunction> All => s_all;

    /// <summary>A function by its number.</summary>
    /// <param name="function">The number.</param>
    /// <returns><see langword="null"/> when the model has no such function.</returns>
    public static GuestFunction? Find(TdxFunction function) => function switch
    {
        TdxFunction.GuestPageAccept => s_all[0],
        TdxFunction.GuestPageAttrRd => s_all[1],
        TdxFunction.GuestPageAttrWr => s_all[2],
        _ => null,
    };
}
