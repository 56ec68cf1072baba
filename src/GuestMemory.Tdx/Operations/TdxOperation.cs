namespace GuestMemory.Tdx;

/// <summary>An operation that ended.</summary>
/// <param name="Kind">Who did it.</param>
/// <param name="Function">The function; meaningless for accesses and exits.</param>
/// <param name="Vcpu">The root page of the vCPU that did it, or was meant; 0 for the host.</param>
/// <param name="Registers">Its operands; an access: RCX address, RDX value, R8 1 for a write, R9 length in bytes.</param>
/// <param name="Result">What it answered.</param>
public readonly record struct TdxOperation(TdxOperationKind Kind, TdxFunction Function, Pfn Vcpu, TdxRegisters Registers, TdxResult Result)
{
    /// <summary>What a guest's call, or anybody's access, ended in; meaningless for the host's calls.</summary>
    public GuestResult Guest { get; init; }

    /// <summary>Whether a guest's access went through a cached translation to a page that is not, or no longer, its TD's at that address.</summary>
    public bool IsStale { get; init; }

    /// <summary>"HostCall MemPageAug: Success ...".</summary>
    public override string ToString() => Kind is TdxOperationKind.GuestCall or TdxOperationKind.GuestAccess or TdxOperationKind.HostAccess
        ? $"{Kind} {Function}: {Guest}{(IsStale ? " (stale)" : "")}"
        : $"{Kind} {Function}: {Result}";
}
