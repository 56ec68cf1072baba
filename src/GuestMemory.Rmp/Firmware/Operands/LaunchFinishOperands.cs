namespace GuestMemory.Rmp;

/// <summary>SNP_LAUNCH_FINISH's operands.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="IdBlock">What the owner expects; <see langword="null"/> for nothing.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct LaunchFinishOperands(
    Spa Context, LaunchIdBlock? IdBlock = null, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Context);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}{(IdBlock is null ? "" : $", {IdBlock}")}";
}
