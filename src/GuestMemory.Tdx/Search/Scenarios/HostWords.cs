namespace GuestMemory.Tdx;

/// <summary>What the host writes for calls that read its memory: TD_PARAMS, lists of one entry, a bundle's head.</summary>
internal static class HostWords
{
    private const ulong ListPage = 0x20_0000;
    private const ulong BufferPage = 0x20_1000;
    private const ulong NewPages = 0x20_2000;
    private const ulong BundleHead = 0x20_3000;
    private const ulong BundleSize = 48;

    /// <summary>The operand that names the bundle's head.</summary>
    public static ulong Bundle => BundleHead | (BundleSize << 52);

    /// <summary>Parameters of an ordinary TD.</summary>
    public static IReadOnlyList<HostWord> Parameters()
    {
        var parameters = new TdParameters();
        return [new(SearchWorld.Parameters, parameters.Attributes), new(SearchWorld.Parameters + 24, parameters.EptpControls), new(SearchWorld.Parameters + 32, parameters.ConfigFlags)];
    }

    /// <summary>The head of an epoch token.</summary>
    public static IReadOnlyList<HostWord> Token(uint epoch) => [new(BundleHead + 8, (ulong)epoch << 32)];

    /// <summary>Operands of a function that takes a list of guest addresses.</summary>
    public static TdxRegisters List(int guest) =>
        new(new GpaListInfo(new(ListPage), last: 0).Raw, SearchWorld.Tdr(guest), R9: BufferPage, R13: ulong.MaxValue);

    /// <summary>The same for an import, which takes pages too.</summary>
    public static TdxRegisters Import(int guest) => List(guest) with { R13 = NewPages };

    /// <summary>A list of one guest address.</summary>
    public static IReadOnlyList<HostWord> Entry(ulong gpa, GpaListOperation operation = GpaListOperation.Migrate) =>
        [new(ListPage, new GpaListEntry(new(gpa), operation).Raw)];

    /// <summary>The same, with a buffer and the page to take.</summary>
    public static IReadOnlyList<HostWord> Entry(ulong gpa, ulong page) =>
        [.. Entry(gpa), new(BufferPage, SearchWorld.Source), new(NewPages, page)];
}
