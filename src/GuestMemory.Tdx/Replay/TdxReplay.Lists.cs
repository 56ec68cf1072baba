namespace GuestMemory.Tdx;

/// <content>Calls with a list of guest addresses in memory. Source: tdx-module, GPA_LIST_INFO and GPA list entries.</content>
public sealed partial class TdxReplay
{
    // Where the recorder's lists lay; no module's memory.
    private const ulong ListPage = 0x10_0000;
    private const int OperationShift = 52;
    private const int StatusShift = 56;
    private const ulong StatusMask = 0x1f;
    private const ulong Migrate = 1;

    private void CallWithList(TdxFunction function, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var (gpa, level) = (arguments.UInt64("gpa"u8), Optional(arguments, "level"u8));
        var operation = arguments.TryGet("operation"u8, out _) ? arguments.UInt64("operation"u8) : Migrate;
        Module.Memory.Contents.Write(new(ListPage), 8, gpa | level | (operation << OperationShift));
        var result = Module.Seamcall(function, new(ListPage, arguments.UInt64("tdr"u8)));

        // Of EXPORT.MEM the recorder had a stand-in, which leaves the registers alone.
        Answer(ref outcome, result, registers: function != TdxFunction.ExportMem);
        var entry = Module.Memory.Contents.Read(new(ListPage), 8);
        outcome.Hex("list_entry"u8, entry);
        outcome.Number("list_status"u8, (long)((entry >> StatusShift) & StatusMask));
        var td = TdOf(arguments.UInt64("tdr"u8));
        LookAtTd(ref outcome, td);
        if (LookAtEntry(ref outcome, td, gpa, level) is { } found)
        {
            LookAtPage(ref outcome, found.Address);
        }
    }
}
