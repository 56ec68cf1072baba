namespace GuestMemory.Tdx;

/// <summary>One page of a Secure EPT: 512 entries, and the pages its tables lead to.</summary>
internal sealed class SeptPage
{
    public const int Entries = 512;

    private readonly ulong[] _raw = new ulong[Entries];
    private SeptPage?[]? _children;

    public SeptPage(Pfn frame, SeptLevel level)
    {
        (Frame, Level) = (frame, level);
        Array.Fill(_raw, SeptEntry.Free.Raw);
    }

    /// <summary>The page it lies in.</summary>
    public Pfn Frame { get; }

    /// <summary>The level of its entries.</summary>
    public SeptLevel Level { get; }

    /// <summary>How many entries are not free.</summary>
    public int InUse { get; private set; }

    public SeptEntry this[int index]
    {
        get => new(_raw[index]);
        set
        {
            InUse += (value.State == SeptEntryState.Free ? 0 : 1) - (this[index].State == SeptEntryState.Free ? 0 : 1);
            _raw[index] = value.Raw;
        }
    }

    /// <summary>The entries' bytes, as they lie in the page.</summary>
    public ReadOnlySpan<ulong> Words => _raw;

    public SeptPage? Child(int index) => _children?[index];

    /// <summary>Makes every entry a leaf: the first as given, each further one of the page behind.</summary>
    /// <param name="first">The first entry.</param>
    public void FillLeaves(SeptEntry first)
    {
        var step = Level.FrameCount() << 12;
        for (var index = 0; index < Entries; index++)
        {
            _raw[index] = first.Raw + ((ulong)index * step);
        }

        InUse = Entries;
    }

    public void SetChild(int index, SeptPage? child)
    {
        _children ??= new SeptPage?[Entries];
        _children[index] = child;
    }
}
