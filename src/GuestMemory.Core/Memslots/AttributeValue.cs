namespace GuestMemory;

/// <summary>Attributes of a run of guest frames.</summary>
/// <param name="Attributes">The attributes; runs with none are not kept.</param>
public readonly record struct AttributeValue(MemoryAttributes Attributes) : IRangeValue<AttributeValue>
{
    /// <inheritdoc/>
    public AttributeValue Advance(ulong count) => this;

    /// <summary>The attributes' names.</summary>
    public override string ToString() => Attributes.ToString();
}
