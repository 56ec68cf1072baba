namespace GuestMemory.Tdx;

/// <content>Loads and stores of the host and its devices, under the shared key. The module stands in the way of none.</content>
public sealed partial class TdxModule
{
    /// <summary>The host reads.</summary>
    /// <param name="at">Where.</param>
    /// <param name="length">Bytes, 1 to 8, within one frame.</param>
    /// <returns>The bytes, zeroes where a TD or the module wrote, or a #MC for a broken line.</returns>
    public HostAccessResult HostRead(Spa at, int length)
    {
        RequireWithinFrame(at.Offset, length);
        var result = Memory.IsBroken(at, length, ContentKey.None)
            ? new HostAccessResult(HostAccessEvent.MachineCheck)
            : new(HostAccessEvent.Ok, Memory.HostRead(at, length));
        return Done(at, (ulong)length, isWrite: false, 0, result);
    }

    /// <summary>The host, or a device, writes less than a line. A line of a TD breaks, or is lost to it.</summary>
    /// <param name="at">Where.</param>
    /// <param name="length">Bytes, 1 to 8, within one frame.</param>
    /// <param name="value">The bytes, the first lowest; what is above them is ignored.</param>
    public HostAccessResult HostWrite(Spa at, int length, ulong value)
    {
        RequireWithinFrame(at.Offset, length);
        Memory.HostWrite(at, length, value);
        return Done(at, (ulong)length, isWrite: true, value, default);
    }

    /// <summary>The host zeroes a frame by full-line direct stores (MOVDIR64B), which also heal broken lines.</summary>
    /// <param name="frame">The frame.</param>
    public HostAccessResult HostClear(Pfn frame)
    {
        Memory.HostClear(frame);
        return Done(frame.Address, PageSize.Size4K.Bytes(), isWrite: true, 0, default);
    }

    /// <summary>The host writes a frame full of one word, line by line. Broken lines stay broken.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="word">The word.</param>
    public HostAccessResult HostFill(Pfn frame, ulong word)
    {
        Memory.Fill(frame, word);
        return Done(frame.Address, PageSize.Size4K.Bytes(), isWrite: true, word, default);
    }

    /// <summary>The lines of a frame the host wrote go from its caches to memory: by CLFLUSH, or whenever the cache makes room.</summary>
    /// <param name="frame">The frame.</param>
    /// <remarks>Nothing happens unless <see cref="MemorySwitches.HostWritesStayInCaches"/>. What a TD wrote there since is lost.</remarks>
    public HostAccessResult HostWriteBack(Pfn frame)
    {
        Memory.WriteBack(frame);
        return Done(frame.Address, PageSize.Size4K.Bytes(), isWrite: true, 0, default);
    }

    private HostAccessResult Done(Spa at, ulong length, bool isWrite, ulong value, HostAccessResult result)
    {
        var ended = new GuestResult(result.Event == HostAccessEvent.Ok ? GuestEvent.Ok : GuestEvent.MachineCheck, Value: result.Value);
        Observer?.OnOperation(this, new(TdxOperationKind.HostAccess, default, default, new(at.Value, value, isWrite ? 1UL : 0, length), default) { Guest = ended });
        return result;
    }
}
