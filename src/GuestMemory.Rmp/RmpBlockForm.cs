namespace GuestMemory.Rmp;

/// <summary>How the 512 entries of a 2M block are kept.</summary>
internal enum RmpBlockForm : byte
{
    /// <summary>Every entry is the block's one.</summary>
    Alike,

    /// <summary>The head is a live 2M page; the 511 others are Assigned and nothing else.</summary>
    Large,

    /// <summary>4K entries that differ in their guest address only, each one page further.</summary>
    Consecutive,

    /// <summary>Each entry by itself.</summary>
    Each,
}
