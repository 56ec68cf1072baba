namespace GuestMemory.Rmp;

/// <summary>A command buffer's contents.</summary>
public interface IFirmwareOperands
{
    /// <summary>The guest's context page; address 0 for a command that names none.</summary>
    Spa Context { get; }

    /// <summary>Whether a bit that must be zero is not.</summary>
    bool HasReservedBits { get; }

    /// <summary>The frames the operands name that the command may change, as one run around them.</summary>
    /// <remarks>SNP_INIT_EX, SNP_RMP_CREATE and SNP_SHUTDOWN_EX change any entry of the table, whatever they name: their <see cref="SnpOperation"/> says all of it.</remarks>
    PfnRange Frames { get; }
}
