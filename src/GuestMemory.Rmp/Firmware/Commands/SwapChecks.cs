using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.SwapOperands>;

namespace GuestMemory.Rmp;

/// <summary>What both ways of swapping look at: the pages and the metadata entry.</summary>
internal static class SwapChecks
{
    public static SwapMetadata Kept(in Call call) =>
        call.Operands.IsRoot ? call.Guest.Root : SwapMetadata.Read(call.Contents, call.Operands.Metadata);

    public static void Keep(in Call call, in SwapMetadata metadata)
    {
        if (!call.Operands.IsRoot)
        {
            metadata.Write(call.Contents, call.Operands.Metadata);
        }
        else if (call.Firmware.TryGetGuest(call.Operands.Context.Frame, out var guest))
        {
            call.SetGuest(guest with { Root = metadata });
        }
    }

    public static bool IsTypeUnknown(ref Call call) => !Enum.IsDefined(call.Operands.Type);

    public static bool IsAddressBad(ref Call call) =>
        call.IsBad(call.Operands.Source, call.Operands.IsLarge) || call.IsBad(call.Operands.Destination, call.Operands.IsLarge);

    public static bool IsEntryAddressBad(ref Call call)
    {
        var at = call.Operands.Metadata;
        return !call.Operands.IsRoot && (call.IsBadByte(at) || at.Value % SwapMetadata.Bytes != 0
            || call.Operands.SourceFrames.Contains(at.Frame) || call.Operands.DestinationFrames.Contains(at.Frame));
    }

    public static bool IsEntryPageOther(ref Call call) =>
        !call.Operands.IsRoot && call.StateAt(call.Operands.Metadata) != RmpPageState.Metadata;

    public static bool IsEntryPageOthers(ref Call call) => !call.Operands.IsRoot && !call.IsOwnMetadata(call.Operands.Metadata);
}
