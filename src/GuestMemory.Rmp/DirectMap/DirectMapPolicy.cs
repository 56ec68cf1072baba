namespace GuestMemory.Rmp;

/// <summary>What a kernel does with its direct map when pages change sides. A value of <see cref="DirectMapPolicies"/>; immutable.</summary>
public sealed class DirectMapPolicy
{
    internal DirectMapPolicy(string name, string source)
    {
        Name = name;
        Source = source;
    }

    /// <summary>In a few words, for tables.</summary>
    public string Name { get; }

    /// <summary>Where it was proposed or done: a key of docs/sources.md, and the place.</summary>
    public string Source { get; }

    /// <summary>Which updates are preceded by a split.</summary>
    public DirectMapSplitting Splits { get; internal init; }

    /// <summary>Whether assigned pages leave the direct map, to return when they are shared.</summary>
    public bool UnmapsAssigned { get; internal init; }

    /// <summary>Whether mappings have the table's sizes both ways: split where entries are 4K, merged where a block is one 2M page or has no assigned page.</summary>
    public bool FollowsTable { get; internal init; }

    /// <summary>Whether a write's fault is answered by splitting the mapping and trying again.</summary>
    public bool RepairsFaults { get; internal init; }

    /// <summary>Whether it keeps INV-SNP-13: no mapping of 2M or more over a block with both assigned and unassigned pages.</summary>
    public bool PromisesNoMixedBlock => Splits != DirectMapSplitting.Never || UnmapsAssigned;

    /// <summary>Whether it keeps INV-SNP-14: no mapping of an assigned page.</summary>
    public bool PromisesNoExposedPage => UnmapsAssigned;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
