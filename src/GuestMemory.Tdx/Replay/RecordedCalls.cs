using System.Text;

namespace GuestMemory.Tdx;

/// <summary>The operations of the recordings, by name. Source: tdx-recordings, README.</summary>
internal static class RecordedCalls
{
    private const uint Slots = 256;

    private static readonly RecordedCall?[] s_byName = ByName(
    [
        Call("tdh.mng.create", RecordedForm.Create, TdxFunction.MngCreate),
        Call("tdh.mng.key.config", RecordedForm.Td, TdxFunction.MngKeyConfig),
        Call("tdh.mng.vpflushdone", RecordedForm.Td, TdxFunction.MngVpFlushDone),
        Call("tdh.mng.key.freeid", RecordedForm.Td, TdxFunction.MngKeyFreeid),
        Call("tdh.mng.key.reclaimid", RecordedForm.Td, TdxFunction.MngKeyReclaimid),
        Call("tdh.mng.addcx", RecordedForm.AddControlPage, TdxFunction.MngAddcx),
        Call("tdh.mng.init", RecordedForm.Initialize, TdxFunction.MngInit),
        Call("tdh.vp.create", RecordedForm.CreateVcpu, TdxFunction.VpCreate),
        Call("tdh.vp.addcx", RecordedForm.AddVcpuPage, TdxFunction.VpAddcx),
        Call("tdh.vp.init", RecordedForm.Vcpu, TdxFunction.VpInit),
        Call("tdh.vp.flush", RecordedForm.Vcpu, TdxFunction.VpFlush),
        Call("tdh.vp.enter", RecordedForm.Enter, TdxFunction.VpEnter),
        Call("tdh.vp.exit", RecordedForm.Exit),
        Call("tdh.mr.extend", RecordedForm.Entry, TdxFunction.MrExtend),
        Call("tdh.mr.finalize", RecordedForm.Td, TdxFunction.MrFinalize),
        Call("tdh.mem.track", RecordedForm.Td, TdxFunction.MemTrack),
        Call("tdh.mem.page.add", RecordedForm.Entry, TdxFunction.MemPageAdd),
        Call("tdh.mem.page.aug", RecordedForm.Entry, TdxFunction.MemPageAug),
        Call("tdh.mem.page.relocate", RecordedForm.EntryThatFrees, TdxFunction.MemPageRelocate),
        Call("tdh.mem.page.demote", RecordedForm.Entry, TdxFunction.MemPageDemote),
        Call("tdh.mem.page.promote", RecordedForm.EntryThatFrees, TdxFunction.MemPagePromote),
        Call("tdh.mem.page.remove", RecordedForm.EntryThatFrees, TdxFunction.MemPageRemove),
        Call("tdh.mem.sept.add", RecordedForm.Entry, TdxFunction.MemSeptAdd),
        Call("tdh.mem.sept.remove", RecordedForm.EntryThatFrees, TdxFunction.MemSeptRemove),
        Call("tdh.mem.sept.rd", RecordedForm.Entry, TdxFunction.MemSeptRd),
        Call("tdh.mem.range.block", RecordedForm.Entry, TdxFunction.MemRangeBlock),
        Call("tdh.mem.range.unblock", RecordedForm.Entry, TdxFunction.MemRangeUnblock),
        Call("tdh.export.unblockw", RecordedForm.Entry, TdxFunction.ExportUnblockw),
        Call("tdh.export.blockw", RecordedForm.List, TdxFunction.ExportBlockw),
        Call("tdh.export.restore", RecordedForm.List, TdxFunction.ExportRestore),
        Call("tdh.export.mem", RecordedForm.List, TdxFunction.ExportMem),
        Call("tdh.phymem.page.reclaim", RecordedForm.PageMetadata, TdxFunction.PhymemPageReclaim),
        Call("tdh.phymem.page.rdmd", RecordedForm.PageMetadata, TdxFunction.PhymemPageRdmd),
        Call("tdh.phymem.page.wbinvd", RecordedForm.Page, TdxFunction.PhymemPageWbinvd),
        Call("tdh.phymem.cache.wb", RecordedForm.Command, TdxFunction.PhymemCacheWb),
        Call("tdg.mem.page.accept", RecordedForm.Accept, TdxFunction.GuestPageAccept),
        Call("guest.read", RecordedForm.GuestRead),
        Call("guest.write", RecordedForm.GuestWrite),
        Call("host.fill", RecordedForm.Fill),
        Call("emu.intr", RecordedForm.Interrupt),
        Call("emu.opstate", RecordedForm.OpState),
        Call("emu.hold.sept", RecordedForm.HoldEntry),
        Call("emu.rel.sept", RecordedForm.ReleaseEntry),
        Call("emu.hold.septtree", RecordedForm.HoldTree),
        Call("emu.rel.septtree", RecordedForm.ReleaseTree),
        Call("emu.hold.pamt", RecordedForm.HoldPamt),
        Call("emu.rel.pamt", RecordedForm.ReleasePamt),
        Call("look", RecordedForm.Look),
        Call("summary", RecordedForm.Summary),
    ]);

    /// <summary>An operation by its name; <see langword="null"/> when the recordings have none of that name.</summary>
    public static RecordedCall? Find(ReadOnlySpan<byte> name)
    {
        var slot = SlotOf(name);
        while (s_byName[slot] is { } call)
        {
            if (name.SequenceEqual(call.Name.Span))
            {
                return call;
            }

            slot = (slot + 1) % Slots;
        }

        return null;
    }

    private static RecordedCall Call(string name, RecordedForm form, TdxFunction function = default) => new(Encoding.UTF8.GetBytes(name), form, function);

    private static RecordedCall?[] ByName(RecordedCall[] calls)
    {
        var table = new RecordedCall?[Slots];
        foreach (var call in calls)
        {
            var slot = SlotOf(call.Name.Span);
            while (table[slot] is not null)
            {
                slot = (slot + 1) % Slots;
            }

            table[slot] = call;
        }

        return table;
    }

    private static uint SlotOf(ReadOnlySpan<byte> name)
    {
        var hash = 0u;
        foreach (var letter in name)
        {
            hash = unchecked((hash * 31) + letter);
        }

        return unchecked(hash ^ (hash >> 8)) % Slots;
    }
}
