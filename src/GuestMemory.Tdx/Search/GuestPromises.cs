namespace GuestMemory.Tdx;

/// <summary>What a guest is promised from end to end, whatever the module does in between: what a search checks beside the invariants.</summary>
internal static class GuestPromises
{
    /// <summary>A guest that reads a private page gets what it wrote there last since it accepted the page, or zero.</summary>
    public const string OwnBytes = "TDX-OWN-BYTES";

    /// <summary>The host never reads what a guest wrote to private memory.</summary>
    public const string HostBlind = "TDX-HOST-BLIND";

    /// <summary>A guest read something else than its own last bytes.</summary>
    public static ModelInvariantException NotOwn(TdVcpu vcpu, Gfn gfn, ulong read, ulong expected) =>
        new(OwnBytes, $"{vcpu} read 0x{read:x} at {gfn}, where its last bytes are 0x{expected:x}");

    /// <summary>A guest reached a page that it was not given.</summary>
    public static ModelInvariantException Astray(TdVcpu vcpu, Gfn gfn, Pfn frame) => new(OwnBytes, $"{vcpu} reached {frame} at {gfn}, where no entry leads there");

    /// <summary>The host read a guest's bytes.</summary>
    public static ModelInvariantException Seen(Pfn frame, ulong read) => new(HostBlind, $"the host read 0x{read:x} from {frame}");
}
