namespace GuestMemory.Tdx;

/// <summary>What memory remembers of a line of 64 bytes beside its bytes. The default is a line of the host's, under no key.</summary>
/// <param name="Key">The key its last writer used; none for the host's.</param>
/// <param name="IsOwned">The ownership bit: a TD or the module wrote it.</param>
/// <param name="IsBroken">Whether it is poisoned: who reads it gets a #MC.</param>
public readonly record struct LineTag(ContentKey Key, bool IsOwned, bool IsBroken) : IRangeValue<LineTag>
{
    /// <summary>A line written under a key.</summary>
    /// <param name="key">The key; none for the host's.</param>
    public static LineTag Of(ContentKey key) => new(key, key != ContentKey.None, false);

    /// <inheritdoc/>
    public LineTag Advance(ulong count) => this;

    /// <summary>"key 3, owned".</summary>
    public override string ToString() => $"{Key}{(IsOwned ? ", owned" : "")}{(IsBroken ? ", broken" : "")}";
}
