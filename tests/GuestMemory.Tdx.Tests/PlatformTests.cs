using Xunit;

namespace GuestMemory.Tdx.Tests;

public sealed class PlatformTests
{
    private const ulong Gib = 1UL << 30;

    public static TheoryData<string, TdxPlatform> Refused { get; } = new()
    {
        { "AddressBits is 35;", Plain with { AddressBits = 35, HkidBits = 3, FirstPrivateHkid = new(1), ModuleHkid = new(1) } },
        { "AddressBits is 53;", Plain with { AddressBits = 53 } },
        { "HkidBits is 0;", Plain with { HkidBits = 0 } },
        { "HkidBits is 16;", Plain with { HkidBits = 16, FirstPrivateHkid = new(0xffff), ModuleHkid = new(0xffff) } },
        { "HkidBits is 5;", Plain with { AddressBits = 36, HkidBits = 5, FirstPrivateHkid = new(8), ModuleHkid = new(8) } },
        { "it must be 1 to 63.", Plain with { FirstPrivateHkid = new(0) } },
        { "it must be 1 to 63.", Plain with { FirstPrivateHkid = new(64) } },
        { "ModuleHkid is", Plain with { ModuleHkid = new(31) } },
        { "ModuleHkid is", Plain with { ModuleHkid = new(64) } },
        { "that makes more than 64 private ones.", Plain with { HkidBits = 15, FirstPrivateHkid = new(0x7fbf), ModuleHkid = new(0x7fff) } },
        { "Packages is 0;", Plain with { Packages = 0 } },
        { "Packages is 33;", Plain with { Packages = 33 } },
        { "ProcessorsPerPackage is 0;", Plain with { ProcessorsPerPackage = 0 } },
        { "MostVcpus is 0;", Plain with { MostVcpus = 0 } },
        { "CacheBlocks is 0;", Plain with { CacheBlocks = 0 } },
        { "Integrity is 3,", Plain with { Integrity = (MemoryIntegrity)3 } },
        { "ends beyond the 46 bits of address.", Plain with { Tdmrs = [new(new((1UL << 46) - Gib), 2 * Gib)] } },
    };

    public static TheoryData<TdxPlatform> Accepted { get; } = new()
    {
        Plain,
        Plain with { AddressBits = 36, HkidBits = 4, FirstPrivateHkid = new(8), ModuleHkid = new(8) },
        Plain with { HkidBits = 1, FirstPrivateHkid = new(1), ModuleHkid = new(1) },
        Plain with { HkidBits = 15, FirstPrivateHkid = new(0x7fc0), ModuleHkid = new(0x7fff) },
        Plain with { FirstPrivateHkid = new(63), ModuleHkid = new(63) },
        Plain with { FirstPrivateHkid = new(1), ModuleHkid = new(1) },
        Plain with { Packages = 32, ProcessorsPerPackage = 1, MostVcpus = 1, CacheBlocks = 1, Integrity = MemoryIntegrity.Cryptographic },
        Plain with { Packages = 1, Tdmrs = [new(new((1UL << 46) - Gib), Gib)] },
    };

    private static TdxPlatform Plain => new(new Tdmr(new(Gib), Gib));

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_machine_beyond_a_bound_is_refused_by_name(string message, TdxPlatform platform) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new TdxModule(platform)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_machine_at_its_bounds_is_one(TdxPlatform platform) => Assert.Same(platform, platform.Validated());

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(11, 2)]
    public void A_processor_is_in_the_package_its_number_says(int processor, int package) =>
        Assert.Equal(package, (Plain with { Packages = 3, ProcessorsPerPackage = 4 }).PackageOf(processor));

    [Theory]
    [InlineData(-1)]
    [InlineData(12)]
    public void A_processor_the_machine_does_not_have_is_in_no_package(int processor) => Assert.Equal(
        "processor",
        Assert.Throws<ArgumentOutOfRangeException>(() => (Plain with { Packages = 3, ProcessorsPerPackage = 4 }).PackageOf(processor)).ParamName);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_module_has_a_name(string name) =>
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => new TdxModuleVersion(name)).ParamName);

    [Fact]
    public void A_module_is_the_recorded_one_where_nothing_else_is_said()
    {
        var version = new TdxModuleVersion("another");

        Assert.Equal("another", version.ToString());
        Assert.True(version.KeepsStaleOwner);
        Assert.True(version.ShowsAcceptCounter);
        Assert.True(version.AcceptOverRemovedIsMismatch);
        Assert.True(version.RelocatesExportedUntracked);
        Assert.True(version.PausedExportKeepsWrite);
        Assert.True(version.UnblockNamesTree);
        Assert.True(version.AcceptOverBlockedTableIsMismatch);
        Assert.True(version.ChecksArchitecturalWidth);
        Assert.True(version.InterruptsDemote);
        Assert.Equal((false, false, false), (version.PromoteRestoresOperands, version.ExportMemReportsProblems, version.HasDynamicPamt));
    }
}
