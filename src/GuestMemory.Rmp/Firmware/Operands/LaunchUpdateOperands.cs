namespace GuestMemory.Rmp;

/// <summary>SNP_LAUNCH_UPDATE's operands.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="Page">The page.</param>
/// <param name="IsLarge">2M instead of 4K.</param>
/// <param name="Type">What the page is; raw: the command judges it.</param>
/// <param name="Vmpl1">Mask of VMPL 1.</param>
/// <param name="Vmpl2">Mask of VMPL 2.</param>
/// <param name="Vmpl3">Mask of VMPL 3.</param>
/// <param name="IsMigrationImage">Whether the page is a migration agent's image's.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct LaunchUpdateOperands(
    Spa Context, Spa Page, bool IsLarge, LaunchPageType Type, VmplPermissions Vmpl1 = VmplPermissions.None, VmplPermissions Vmpl2 = VmplPermissions.None, VmplPermissions Vmpl3 = VmplPermissions.None, bool IsMigrationImage = false, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Page, IsLarge);

    // VMPL 0's mask stays.
    internal uint Permissions(uint old) => (old & 0xff) | ((uint)Vmpl1 << 8) | ((uint)Vmpl2 << 16) | ((uint)Vmpl3 << 24);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}: {Type} page at {Page}, {(IsLarge ? "2M" : "4K")}";
}
