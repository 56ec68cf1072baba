namespace GuestMemory.Tdx;

/// <summary>An operation of the recordings.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Form">How it spells its operands.</param>
/// <param name="Function">The module's function, where it is a call.</param>
internal sealed record RecordedCall(ReadOnlyMemory<byte> Name, RecordedForm Form, TdxFunction Function = default);
