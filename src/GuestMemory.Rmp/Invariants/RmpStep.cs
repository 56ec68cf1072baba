namespace GuestMemory.Rmp;

/// <summary>One operation with the state before and after it.</summary>
internal sealed class RmpStep : RmpScan
{
    public RmpStep(SnpPlatform platform, RmpViews views, IReadOnlyList<Pfn> blocks, in SnpOperation operation, RmpMemory memory)
        : base(platform, views, blocks)
    {
        Operation = operation;
        Memory = memory;
        Changes = ChangesOf(memory.Table, platform.Table, blocks);
    }

    public SnpOperation Operation { get; }

    /// <summary>What the checker remembers from before the operation.</summary>
    public RmpMemory Memory { get; }

    public IReadOnlyList<RmpChange> Changes { get; }

    /// <summary>Whether it was done: a carry flag says that it was not.</summary>
    public bool IsDone => Operation.Outcome.IsSuccess && !(Operation.Kind == SnpOperationKind.Pvalidate && Operation.Outcome.Info != 0);

    public bool IsAccess => Operation.Kind is SnpOperationKind.Read or SnpOperationKind.Write;

    public bool IsPrivateAccess => IsAccess && IsDone && Platform.IsOn && Operation.Access.IsPrivate;

    public bool IsFirmware => Operation.Kind == SnpOperationKind.Firmware;

    /// <summary>Which firmware command it was; 0 for none.</summary>
    public SevCommand Command => IsFirmware ? (SevCommand)Operation.Value : default;

    /// <summary>Whether it may write the whole table: only while no guest is left, and then no vCPU of one runs.</summary>
    public bool BuildsTable => Command is SevCommand.InitEx or SevCommand.RmpCreate && !Platform.Firmware.Contexts.Any();

    public bool IsGuestInstruction => Operation.Kind is SnpOperationKind.Pvalidate or SnpOperationKind.RmpAdjust;

    public bool ChangesBytes => Memory.OwnsMemory && Memory.Revision != Platform.Contents.Revision;

    private static List<RmpChange> ChangesOf(ReverseMapTable before, ReverseMapTable after, IReadOnlyList<Pfn> blocks)
    {
        var changes = new List<RmpChange>();
        foreach (var block in blocks)
        {
            for (var offset = 0UL; offset < ReverseMapTable.PagesPerBlock && !AreAlike(before, after, block); offset++)
            {
                var (old, now) = (RmpPage.Of(before, block + offset), RmpPage.Of(after, block + offset));
                if (now.IsUnlike(old))
                {
                    changes.Add(new(old, now));
                }
            }
        }

        return changes;
    }

    // Blocks kept as one are compared as one.
    private static bool AreAlike(ReverseMapTable before, ReverseMapTable after, Pfn block)
    {
        ref readonly var old = ref before.BlockOf(block.Value);
        ref readonly var now = ref after.BlockOf(block.Value);
        return old.Form != RmpBlockForm.Each && old.Form == now.Form && old.One == now.One;
    }
}
