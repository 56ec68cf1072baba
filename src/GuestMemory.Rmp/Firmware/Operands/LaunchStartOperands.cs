namespace GuestMemory.Rmp;

/// <summary>SNP_LAUNCH_START's operands.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="Policy">The guest's policy, as in snp-abi 4.3: 15:0 firmware version needed, 19 debugging, 20 one socket, 24 ciphertext hiding.</param>
/// <param name="IsMigrationImage">Whether the guest is launched for a migration agent.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct LaunchStartOperands(
    Spa Context, ulong Policy, bool IsMigrationImage = false, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Context);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}, policy 0x{Policy:x}";
}
