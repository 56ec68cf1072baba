using Xunit;

namespace GuestMemory.Rmp.Tests.SmallWorlds;

/// <summary>One block, whose head is given every entry in turn. Guests A and B; the addresses of the block's first two pages.</summary>
internal sealed class SmallWorld
{
    public static readonly Asid A = new(5);
    public static readonly Asid B = new(6);
    public static readonly Pfn Head = new(512);
    public static readonly Pfn Next = new(513);
    public static readonly Pfn Uncovered = new(1 << 18);
    public static readonly Gpa First = new(0x4000_0000);
    public static readonly Gpa Second = new(0x4000_1000);
    public static readonly bool[] Flags = [false, true];
    public static readonly PageSize[] Sizes = [PageSize.Size4K, PageSize.Size2M];

    private byte[] _buffer = [];

    public SmallWorld(RuleSwitches? rules = null) => Platform = new(RmpCoverage.Segmented(30, [1]), rules: rules);

    public SnpPlatform Platform { get; }

    public ReverseMapTable Table => Platform.Table;

    /// <summary>Every entry a table can hold at a head: an unassigned one has no size.</summary>
    public static IReadOnlyList<RmpEntry> Entries { get; } =
    [
        .. from assigned in Flags
           from size in Sizes
           where assigned || size == PageSize.Size4K
           from immutable in Flags
           from vmsa in Flags
           from validated in Flags
           from asid in new Asid[] { default, A, B }
           from gpa in new Gpa[] { default, First, Second }
           where size == PageSize.Size4K || gpa != Second
           from permissions in new uint[] { 0, 0x1f, 0x0301_011f }
           select new RmpEntry
           {
               Assigned = assigned, Size = size, Immutable = immutable, Vmsa = vmsa, Validated = validated, Asid = asid, Gpa = gpa, Permissions = permissions,
           },
    ];

    public static IReadOnlyList<GuestWalk> Walks { get; } =
    [
        .. from gpa in new[] { First, Second }
           from frame in new[] { Head, Next, Uncovered }
           from nested in Sizes
           select new GuestWalk(gpa.Value, gpa, frame, nested),
    ];

    public static IReadOnlyList<CpuState> Guests { get; } = [CpuState.Guest(A), CpuState.Guest(B), CpuState.Guest(A, new(1))];

    /// <summary>The block with one entry at its head, the rest the hypervisor's or the 2M page's.</summary>
    public void Place(in RmpEntry entry)
    {
        Table.WriteLarge(Head, entry.Size == PageSize.Size2M ? entry : default);
        if (entry.Size == PageSize.Size4K)
        {
            Table.Write(Head, entry);
        }
    }

    /// <summary>The table's bytes, until they are asked for again.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var writer = new StateWriter(_buffer);
        Table.WriteState(ref writer);
        _buffer = writer.Buffer;
        return writer.Written;
    }

    /// <summary>Runs an operation on every entry; says how many cases that were.</summary>
    /// <remarks>What does not succeed changes nothing, and no page comes to be in no state, or out of an immutable one.</remarks>
    public int Each<TOperation>(IReadOnlyList<TOperation> operations, Func<TOperation, bool> run, Action<TOperation, RmpEntry, bool>? fact = null)
    {
        foreach (var entry in Entries)
        {
            Place(entry);
            var before = Bytes().ToArray();
            foreach (var operation in operations)
            {
                var changes = run(operation);
                if (CaseFacts.BrokenBy(this, entry, before, changes) is { } broken)
                {
                    Assert.Fail($"{operation} on {entry}: {broken}");
                }

                fact?.Invoke(operation, entry, changes);
                if (changes)
                {
                    Place(entry);
                }
            }
        }

        return Entries.Count * operations.Count;
    }
}
