using System.Numerics;

namespace GuestMemory.Tdx;

/// <summary>TDG.MEM.PAGE.ATTR.WR: changes what nested VMs may do with a page. Without nested VMs every attribute must be 0. Source: tdx-module, tdg_mem_page_attr_wr.c.</summary>
internal static class TdgMemPageAttrWr
{
    private const string Name = "TDG.MEM.PAGE.ATTR.WR";
    private const string Source = "tdx-module, tdg_mem_page_attr_wr.c";

    /// <summary>The function. RCX guest address and level, RDX attributes and R8 their mask, 16 bits a VM.</summary>
    public static GuestFunction Function { get; } = new(TdxFunction.GuestPageAttrWr, Name, Commit,
    [
        new(Name + "/attributes", Source, "attributes of a VM that is not there", HasAttributes, GuestAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rdx)),
        new(Name + "/mask", Source, "attributes of a VM that is not there", HasMask, GuestAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R8)),
        GuestChecks.Form(Name),
        GuestChecks.Private(Name),
        new(Name + "/walk", Source, "a part changed for the whole", GuestChecks.IsNotReached, GuestAnswer.Leave(GuestExit.AttributeWrite), CheckClass.Integrity),
        .. GuestChecks.Locked(Name),
        GuestChecks.Size(Name, Source),
        new(Name + "/state", Source, "a page changed while the host blocks it", GuestChecks.IsStateWrong, GuestAnswer.Leave(GuestExit.AttributeWrite), CheckClass.Integrity),
    ])
    {
        HighestLevel = SeptLevel.Pdpt,
    };

    private static void Commit(ref GuestCall call)
    {
        if (call.Place.Exists)
        {
            call.Result = GuestPageAnswers.Mapping(call, call.PageInfo.Gpa.Frame);
        }
    }

    // VM by VM, attributes before mask.
    private static bool HasAttributes(ref GuestCall call) => call.Registers.Rdx != 0 && FirstVm(call.Registers.Rdx) <= FirstVm(call.Registers.R8);

    private static bool HasMask(ref GuestCall call) => call.Registers.R8 != 0;

    private static int FirstVm(ulong perVm) => BitOperations.TrailingZeroCount(perVm) / 16;
}
