namespace GuestMemory.Rmp;

/// <summary>The page state change a guest asks for in the GHCB MSR: one 4K page, before it has a GHCB. Source: ghcb, 2.3.1 and 4.1.6.</summary>
/// <param name="Value">11:0 014h, 51:12 guest frame, 55:52 operation.</param>
public readonly record struct PscMsr(ulong Value)
{
    /// <summary>Low 12 bits of the request.</summary>
    public const ulong RequestCode = 0x14;

    /// <summary>Low 12 bits of the answer; bits 63:32 are 0 for success.</summary>
    public const ulong ResponseCode = 0x15;

    /// <summary>The answer to a request that failed.</summary>
    public const ulong Failed = (1UL << 32) | ResponseCode;

    private const ulong FrameMask = (1UL << 40) - 1;

    /// <summary>Makes a request.</summary>
    /// <param name="operation">To private or to shared.</param>
    /// <param name="gfn">The guest frame, below 2^40.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number does not fit its field.</exception>
    public static PscMsr Of(PscOperation operation, Gfn gfn) => new(PscEntry.Of(operation, gfn).Value | RequestCode);

    /// <summary>Whether the word is such a request.</summary>
    public bool IsRequest => (Value & 0xfff) == RequestCode;

    /// <summary>What to ask the VMM.</summary>
    /// <param name="run">The page.</param>
    /// <returns><see langword="false"/> for another operation, or another word: the answer is <see cref="Failed"/>.</returns>
    public bool TryGetRun(out PscRun run)
    {
        var operation = (PscOperation)((Value >> 52) & 0xf);
        run = new(new(new((Value >> 12) & FrameMask), 1), operation == PscOperation.Private, IsLarge: false);
        return IsRequest && operation is PscOperation.Private or PscOperation.Shared;
    }

    /// <summary>The answer the guest finds in the MSR.</summary>
    /// <param name="vmmAnswer">0 when the VMM converted the page.</param>
    public static ulong Response(ulong vmmAnswer) => vmmAnswer == 0 ? ResponseCode : Failed;

    /// <summary>The word.</summary>
    public override string ToString() => $"0x{Value:x}";
}
