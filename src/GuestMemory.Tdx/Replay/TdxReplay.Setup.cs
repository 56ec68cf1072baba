namespace GuestMemory.Tdx;

/// <content>TDs' parameters.</content>
public sealed partial class TdxReplay
{
    // Where the parameters are handed over; no module's memory, and nothing else lies there.
    private const ulong ParametersPage = 0x10_1000;

    // The recorder's stand-in read the address width, the tree's height and one attribute; the rest is what an ordinary TD has.
    private void Initialize(in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var (tdr, level) = (arguments.UInt64("tdr"u8), arguments.UInt64("root_level"u8));
        if (level > 7)
        {
            throw new FormatException($"argument \"root_level\" is {level}; its field holds 0 to 7");
        }

        TdParameters
            .Of(arguments.UInt64("gpaw"u8) != 0, (SeptLevel)(byte)level, arguments.UInt64("sept_ve_disable"u8) != 0)
            .WriteTo(Module.Memory.Contents, new(ParametersPage));
        Answer(ref outcome, Module.Seamcall(TdxFunction.MngInit, new(tdr, ParametersPage)), registers: false);
        LookAtTd(ref outcome, TdOf(tdr));
    }
}
