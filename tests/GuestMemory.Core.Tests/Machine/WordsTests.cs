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
        Assert.Equal("no key, key 3", string.Join(", ", ContentKey.None, new ContentKey(3)));
    }

    [Fact]
    public void What_memory_is_asked_for_and_gives_is_said_in_words()
    {
        var page = new BackingPage(new(7), Order: 9, Cleared: true, Writable: true);
        var request = new PageRequest(new(5), default, Write: false);
        var scope = new InvalidationScope(new(new(5), 2), Failed: false);

        Assert.Equal($"{new Pfn(7)}, order 9", page.ToString());
        Assert.Equal($"{page}, not cleared", (page with { Cleared = false }).ToString());
        Assert.Equal($"{page}, read-only", (page with { Writable = false }).ToString());
        Assert.Equal($"{request}, to write", (request with { Write = true }).ToString());
        Assert.Equal($"{new PageIndex(5)} for {default(SlotHandle)}", request.ToString());
        Assert.Equal($"{scope}, failed", (scope with { Failed = true }).ToString());
        Assert.Equal($"invalidation of {new PageIndexRange(new(5), 2)}", scope.ToString());
        Assert.Equal("host-mappable movable swappable direct-mapped divisible order 0", BackingProperties.Memfd.ToString());
        Assert.Equal("host-mappable direct-mapped divisible in place order 0", BackingProperties.MappableGuestMemfd.ToString());
        Assert.Equal("host-mappable movable direct-mapped order 9", BackingProperties.Hugetlb2M.ToString());
        Assert.Equal("host-mappable divisible order 0", BackingProperties.Secretmem.ToString());
    }

    [Fact]
    public void What_is_mapped_is_said_in_words()
    {
        var area = new HostArea(1, new(5), HostRights.None, IsShared: false, Holder: 0, IsLocked: false);
        var entry = new HostEntry(new(7), Writable: false, IsZeroPage: false, IsPoisoned: false);
        var map = new MapRequest(new(5), new(7), PageSize.Size4K, PageKind.Private, Writable: false, default);

        Assert.Equal($"store 1 {new PageIndex(5)} None", area.ToString());
        Assert.Equal($"{area} shared", (area with { IsShared = true }).ToString());
        Assert.Equal($"{area} locked", (area with { IsLocked = true }).ToString());
        Assert.Equal($"{new Pfn(7)}", entry.ToString());
        Assert.Equal($"{new Pfn(7)}, writable", (entry with { Writable = true }).ToString());
        Assert.Equal("poisoned", (entry with { IsPoisoned = true }).ToString());
        Assert.Equal($"{new Gfn(5)} to {new Pfn(7)}, Size4K, Private", map.ToString());
        Assert.Equal($"{map}, writable", (map with { Writable = true }).ToString());
        Assert.Equal($"{new Pfn(7)} (Size4K, Shared)", new Translation(new(7), PageSize.Size4K, PageKind.Shared, Writable: false).ToString());
        Assert.Equal($"write 4 bytes 0xff at {new Gpa(8)}", new MmioFragment(new(8), 4, IsWrite: true, 0xff).ToString());
        Assert.Equal($"read 4 bytes at {new Gpa(8)}", new MmioFragment(new(8), 4, IsWrite: false, 0xff).ToString());
    }

    [Fact]
    public void What_a_step_or_a_call_came_to_is_said_in_words()
    {
        var refused = CoreRules.Pinned.Refuse(3);

        Assert.Equal("Done", StepAnswer.Done().ToString());
        Assert.Equal($"Done: {refused}", StepAnswer.Done(outcome: refused).ToString());
        Assert.Equal($"Refused: {refused}", StepAnswer.Refused(refused).ToString());
        Assert.Equal("Retry: Status 0 (0x0)", StepAnswer.Retry().ToString());
        Assert.Equal($"NeedsPage: Private {new Gfn(5)}", GuestCallAnswer.NeedsPage(new(5), PageKind.Private).ToString());
        Assert.Equal($"Faulted: {refused}", GuestCallAnswer.Faulted(new(5), PageKind.Private, refused).ToString());
        Assert.Equal($"Done: {VcpuExit.Halted(7)}", GuestCallAnswer.Done(7).ToString());
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
