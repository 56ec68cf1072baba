namespace GuestMemory.Tdx;

/// <summary>What one version of the TDX module does differently from another: each point a value. Immutable.</summary>
/// <remarks>Source: tdx-module, read and run as 1.5.01; what other versions do is from tdx-huge-pages and tdx-module-2.</remarks>
public sealed record TdxModuleVersion
{
    /// <summary>Module 1.5.01, the version recorded. The default.</summary>
    public static TdxModuleVersion V1Dot5Dot01 { get; } = new("1.5.01");

    /// <summary>The first module that answers DEMOTE of a TD without L2 VMs without looking for interrupts (TDX_FEATURES0 bit 51).</summary>
    public static TdxModuleVersion V1Dot5Dot28 { get; } = new("1.5.28") { InterruptsDemote = false };

    /// <summary>Creates a version that behaves as 1.5.01.</summary>
    /// <param name="name">What it is called.</param>
    public TdxModuleVersion(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Q1: owner and block epoch stay in the PAMT when a page becomes free, and PROMOTE does not write the large entry's epoch.</summary>
    public bool KeepsStaleOwner { get; init; } = true;

    /// <summary>Q2: entry information shows the accept counter of a half-accepted 2M page among the address bits.</summary>
    public bool ShowsAcceptCounter { get; init; } = true;

    /// <summary>Q3: ACCEPT over a removed entry answers a size mismatch instead of leaving to the host.</summary>
    public bool AcceptOverRemovedIsMismatch { get; init; } = true;

    /// <summary>Q4: an exported, write-blocked page is relocated without block and tracking.</summary>
    public bool RelocatesExportedUntracked { get; init; } = true;

    /// <summary>Q5: an export while paused leaves the page writable.</summary>
    public bool PausedExportKeepsWrite { get; init; } = true;

    /// <summary>Q6: UNBLOCK complains about missing tracking with operand 0x92 instead of RCX.</summary>
    public bool UnblockNamesTree { get; init; } = true;

    /// <summary>Q7: ACCEPT over a blocked table at the level asked for answers a size mismatch instead of leaving to the host.</summary>
    public bool AcceptOverBlockedTableIsMismatch { get; init; } = true;

    /// <summary>Q9: guest addresses are checked against 52 bits, not against the platform's width.</summary>
    public bool ChecksArchitecturalWidth { get; init; } = true;

    /// <summary>Whether DEMOTE looks for a pending interrupt before it commits.</summary>
    public bool InterruptsDemote { get; init; } = true;

    /// <summary>Whether an interrupted PROMOTE gives the caller's RCX and RDX back, as its source says; recorded were zeroes. Default: no (MB-65).</summary>
    public bool PromoteRestoresOperands { get; init; }

    /// <summary>
    /// Whether EXPORT.MEM answers how many entries were a problem, and the list's rest in RCX, as the module's source does (MB-71). Default
    /// <see langword="false"/>: zeroes, as the stand-in answered that was recorded. Without stream there is nothing else to tell them apart by.
    /// </summary>
    public bool ExportMemReportsProblems { get; init; }

    /// <summary>Whether 4K entries exist only where the host gave a page pair for them (Dynamic PAMT).</summary>
    public bool HasDynamicPamt { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
