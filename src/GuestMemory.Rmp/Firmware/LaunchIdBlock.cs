namespace GuestMemory.Rmp;

/// <summary>What the guest's owner expects of a launch. The signature's mathematics is not modelled: the value says whether it holds.</summary>
/// <param name="Address">Where the block lies.</param>
/// <param name="Digest">The measurement expected.</param>
/// <param name="Policy">The policy expected.</param>
/// <param name="IsSigned">Whether its signature holds.</param>
public readonly record struct LaunchIdBlock(Spa Address, UInt128 Digest, ulong Policy, bool IsSigned = true)
{
    /// <summary>Address, digest and policy.</summary>
    public override string ToString() => $"ID block at {Address}: digest 0x{Digest:x}, policy 0x{Policy:x}{(IsSigned ? "" : ", not signed")}";
}
