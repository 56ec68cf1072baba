using GuestMemory.Testing;
using GuestMemory.Testing.Xunit;
using Xunit;

namespace GuestMemory.Tests.Contracts;

/// <summary>The contract of a slot with two sides.</summary>
public abstract class DualMemslotContract(MemslotFlags flags) : MemslotFacts
{
    protected override bool ExpectsReadOnly => flags.HasFlag(MemslotFlags.ReadOnly);

    protected override IMemslot CreateSlot(MemslotParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var layout = new MemslotLayout(
            Id: 0, AddressSpace: 0, parts.Gfns, flags | MemslotFlags.GuestMemfd, parts.Process.Id.Number, parts.SharedPage.Value,
            parts.File.Id, parts.FileStart, FileServesShared);
        Assert.True(parts.Vm.AddSlot(layout, out var slot).IsSuccess);
        return slot;
    }
}

public sealed class MemslotContractTests() : DualMemslotContract(MemslotFlags.None);

public sealed class ReadOnlyMemslotContractTests() : DualMemslotContract(MemslotFlags.ReadOnly);

public sealed class LoggingMemslotContractTests() : DualMemslotContract(MemslotFlags.LogDirtyPages);

public sealed class InPlaceMemslotContractTests() : DualMemslotContract(MemslotFlags.None)
{
    protected override bool FileServesShared => true;
}

public sealed class OverlayMemslotContractTests : MemslotFacts
{
    protected override IMemslot CreateSlot(MemslotParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var handle = parts.Vm.Slots.NextHandle();
        Assert.True(parts.File.Bind(handle, parts.FileStart, parts.Gfns).IsSuccess);
        var slot = new OverlayMemslot(parts.Vm.Machine, handle, parts.Gfns, parts.File.Id, parts.FileStart);
        Assert.True(slot.Lay(new(parts.Gfns.Start, parts.Gfns.Count / 2), parts.Process.Id.Number, parts.SharedPage.Value).IsSuccess);
        Assert.True(parts.Vm.AddSlot(handle, slot).IsSuccess);
        return slot;
    }
}
