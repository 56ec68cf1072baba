using Xunit;

namespace GuestMemory.Tests;

/// <summary>Values say themselves in words, with their units; a default one too.</summary>
public sealed class WordsTests
{
    [Fact]
    public void Values_of_the_machine_are_said_in_words()
    {
        var translation = new Translation(new(7), PageSize.Size2M, PageKind.Private, Writable: true);
        var mapper = new MapperId(MapperKind.NestedTable, 1);
        var refused = CoreRules.Pinned.Refuse(3);

        Assert.Equal("nested table of guest 1", mapper.ToString());
        Assert.Equal("host process 2, long-term pin 0, direct map 0, IOMMU domain 4", string.Join(", ", new MapperId(MapperKind.HostProcess, 2), new MapperId(MapperKind.Pin, 0), new MapperId(MapperKind.DirectMap, 0), new MapperId(MapperKind.Iommu, 4)));
        Assert.Equal($"{new Pfn(7)} (Size2M, Private, writable)", translation.ToString());
        Assert.Equal($"vCPU 3: {new Gfn(5)} to {translation}", new CachedTranslation(3, new(5), translation).ToString());
        Assert.Equal($"{mapper} maps {new PfnRange(new(7), 1)} as Shared at page 0x5, awaiting a flush", new FrameMapping(mapper, new(new(7), 1), 5, PageKind.Shared, AwaitsFlush: true).ToString());
        Assert.Equal("shared 1, private 0", new MapCounts(1, 0).ToString());
        Assert.Equal("Refused: Status 12 (0x3) [CORE/pinned]", MmuAnswer.Refused(refused).ToString());
        Assert.Equal("Done", MmuAnswer.Done.ToString());
        Assert.Equal("sample 3", new MmuSample(3).ToString());
        Assert.Equal("host, firmware, in transit, guest 2, no guest", string.Join(", ", FrameOwner.Host, new FrameOwner(OwnerKind.Firmware, default), new FrameOwner(OwnerKind.Transit, default), FrameOwner.Of(new(2)), GuestId.None));
    }

    [Fact]
    public void What_holds_only_sometimes_is_said_only_then()
    {
        var access = new FrameAccess(FrameOwner.Host, AccessKind.Read, new(7), PageSize.Size4K, Encrypted: false);
        var entry = new OwnershipEntry(FrameOwner.Host, default, Borrowers: 0, GuestId.None, PageSize.Size4K, PageSize.Size2M);

        Assert.Equal($"Read of {new Pfn(7)} by host through Size4K", access.ToString());
        Assert.Equal($"{access}, encrypted", (access with { Encrypted = true }).ToString());
        Assert.Equal("host, entry Size4K", entry.ToString());
        Assert.Equal("host, lent to 1, entry Size4K", (entry with { Borrowers = 1 }).ToString());
    }

    [Fact]
    public void Every_default_value_says_something()
    {
        var values = typeof(Machine).Assembly.GetExportedTypes()
            .Where(type => type.IsValueType && !type.IsEnum && !type.IsByRefLike && !type.IsGenericTypeDefinition && type != typeof(GuestFault))
            .Select(type => (type.Name, Text: Activator.CreateInstance(type)!.ToString()));

        Assert.All(values, value => Assert.False(string.IsNullOrWhiteSpace(value.Text), value.Name));
    }
}
