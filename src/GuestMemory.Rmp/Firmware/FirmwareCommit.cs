namespace GuestMemory.Rmp;

// What a command does once no check refused it; it cannot fail.
internal delegate void FirmwareCommit<TOperands>(in FirmwareCall<TOperands> call)
    where TOperands : struct, IFirmwareOperands;
