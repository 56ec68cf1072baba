namespace GuestMemory.Tdx;

/// <summary>Memory the host shares with the module under a key of its own. Source: tdx-module, shared_hpa_check_with_pwr_2_alignment.</summary>
internal static class SharedPages
{
    /// <summary>Whether an address is one the host may pass: aligned, not too wide, not in the module's own range, under no private key.</summary>
    public static bool Allows(TdxPlatform platform, ulong address, ulong alignment)
    {
        if (address % alignment != 0 || address >> platform.AddressBits != 0)
        {
            return false;
        }

        return address >> platform.HkidShift < platform.FirstPrivateHkid.Value && !platform.SeamRange.Contains(Plain(platform, address).Frame);
    }

    /// <summary>The word of a page's list.</summary>
    public static ulong Read(ModuleState state, Spa page, int index) => state.Memory.Read(At(state, page, index), 8, ContentKey.None);

    /// <summary>Writes the word of a page's list.</summary>
    public static void Write(ModuleState state, Spa page, int index, ulong word) => state.Memory.Write(At(state, page, index), 8, word, ContentKey.None);

    /// <summary>The address without its key identifier.</summary>
    public static Spa Plain(TdxPlatform platform, ulong address) => new(address & ((1UL << platform.HkidShift) - 1));

    private static Spa At(ModuleState state, Spa page, int index) => Plain(state.Platform, page.Value).Frame.Address + ((ulong)index * 8);
}
