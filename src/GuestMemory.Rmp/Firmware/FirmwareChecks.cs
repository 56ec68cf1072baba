namespace GuestMemory.Rmp;

/// <summary>The checks that commands share, made for each with an id of its own.</summary>
internal static class FirmwareChecks<TOperands>
    where TOperands : struct, IFirmwareOperands
{
    /// <summary>How a command that names no guest begins.</summary>
    public static Check<FirmwareCall<TOperands>, SevStatus>[] WithoutContext(string command, string source) =>
        [Reserved(command), Initialised(command, source)];

    /// <summary>How a command for a guest begins.</summary>
    public static Check<FirmwareCall<TOperands>, SevStatus>[] WithContext(string command, string source) =>
        [Reserved(command), Initialised(command, source), ContextAddress(command, source), Context(command, source)];

    /// <summary>The same for a guest in LAUNCH or RUNNING.</summary>
    public static Check<FirmwareCall<TOperands>, SevStatus>[] WithStartedGuest(string command, string source) =>
        [.. WithContext(command, source), Started(command, source)];

    /// <summary>The same for one that has an ASID.</summary>
    public static Check<FirmwareCall<TOperands>, SevStatus>[] WithActiveGuest(string command, string source) =>
        [.. WithStartedGuest(command, source), Active(command, source)];

    public static Check<FirmwareCall<TOperands>, SevStatus> Reserved(string command) =>
        new($"{command}/reserved", "snp-model, reserved bits", "a command of a later revision half understood", HasReservedBits, SevStatus.InvalidParam);

    public static Check<FirmwareCall<TOperands>, SevStatus> Initialised(string command, string source) =>
        new($"{command}/platform", source, "work on a table that may not be there", IsNotInitialised, SevStatus.InvalidPlatformState, CheckClass.Integrity);

    public static Check<FirmwareCall<TOperands>, SevStatus> ContextAddress(string command, string source) =>
        new($"{command}/context-address", source, "a context page that is no page", IsContextAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity);

    public static Check<FirmwareCall<TOperands>, SevStatus> Context(string command, string source) =>
        new($"{command}/context", source, "a guest the hypervisor made up", IsNoContext, SevStatus.InvalidGuest, CheckClass.Integrity);

    public static Check<FirmwareCall<TOperands>, SevStatus> Started(string command, string source) =>
        new($"{command}/guest-state", source, "work for a guest without a launch", IsNotStarted, SevStatus.InvalidGuestState, CheckClass.Integrity);

    public static Check<FirmwareCall<TOperands>, SevStatus> Active(string command, string source) =>
        new($"{command}/active", source, "pages of a guest without an ASID", IsInactive, SevStatus.Inactive, CheckClass.Integrity);

    private static bool HasReservedBits(ref FirmwareCall<TOperands> call) => call.Operands.HasReservedBits;

    private static bool IsNotInitialised(ref FirmwareCall<TOperands> call) => call.Firmware.State != SnpPlatformState.Init;

    private static bool IsContextAddressBad(ref FirmwareCall<TOperands> call) => call.IsBad(call.Operands.Context);

    private static bool IsNoContext(ref FirmwareCall<TOperands> call) =>
        !call.HasGuest || call.StateAt(call.Operands.Context) != RmpPageState.Context;

    private static bool IsNotStarted(ref FirmwareCall<TOperands> call) => !call.Guest.IsStarted;

    private static bool IsInactive(ref FirmwareCall<TOperands> call) => !call.Guest.IsActive;
}
