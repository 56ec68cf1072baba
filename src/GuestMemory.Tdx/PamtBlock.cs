using System.Runtime.CompilerServices;

namespace GuestMemory.Tdx;

/// <summary>The PAMT entries of 1 GiB: one for the whole, 512 of 2M, and those of 4K where one was ever written.</summary>
internal sealed class PamtBlock
{
    public const int LargePages = 512;
    public const int PagesPerLarge = 512;

    /// <summary>The entry of the whole block.</summary>
    public PamtEntry Whole;

    /// <summary>The 2M entries.</summary>
    public LargeEntries Large;

    /// <summary>The 4K entries of each 2M page; <see langword="null"/> where none was written.</summary>
    public SmallEntries Small;

    /// <summary>How many 4K entries of each 2M page are not NDA, reserved ones included.</summary>
    public readonly ushort[] Taken = new ushort[LargePages];

    /// <summary>Within the block, so that a look-up waits for one read less.</summary>
    [InlineArray(LargePages)]
    public struct LargeEntries
    {
        private PamtEntry _first;

        /// <summary>"512 entries".</summary>
        public override readonly string ToString() => $"{LargePages} entries";
    }

    /// <summary>As those of 2M.</summary>
    [InlineArray(LargePages)]
    public struct SmallEntries
    {
        private PamtEntry[]? _first;

        /// <summary>"512 arrays".</summary>
        public override readonly string ToString() => $"{LargePages} arrays";
    }
}
