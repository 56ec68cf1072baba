namespace GuestMemory.Tdx.Tests.Rules;

/// <summary>Shorthand for calls on a module.</summary>
internal sealed class Caller(TdxModule module)
{
    public TdxModule Module => module;

    public Rule? Call(TdxFunction function, ulong rcx, ulong rdx = 0, ulong r8 = 0, ulong r9 = 0, int processor = 0) =>
        module.Seamcall(function, new(rcx, rdx, r8, r9), processor: processor).DecidedBy;
}
