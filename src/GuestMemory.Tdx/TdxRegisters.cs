using System.Globalization;

namespace GuestMemory.Tdx;

/// <summary>The registers a function takes its operands from. The default is all zero.</summary>
/// <param name="Rcx">RCX.</param>
/// <param name="Rdx">RDX.</param>
/// <param name="R8">R8.</param>
/// <param name="R9">R9.</param>
/// <param name="R10">R10.</param>
/// <param name="R11">R11.</param>
/// <param name="R12">R12.</param>
/// <param name="R13">R13.</param>
public readonly record struct TdxRegisters(
    ulong Rcx, ulong Rdx = 0, ulong R8 = 0, ulong R9 = 0, ulong R10 = 0, ulong R11 = 0, ulong R12 = 0, ulong R13 = 0)
{
    /// <summary>"rcx 0x1, rdx 0x2, ...".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rcx 0x{Rcx:x}, rdx 0x{Rdx:x}, r8 0x{R8:x}, r9 0x{R9:x}");
}
