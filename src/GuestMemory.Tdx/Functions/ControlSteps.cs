namespace GuestMemory.Tdx;

/// <summary>What becomes of pages that hold control structures. Source: tdx-module, TDR, TDCS and TDVPS.</summary>
internal static class ControlSteps
{
    private const int Words = 512;
    private const int MsrBitmapsPage = 2;
    private static readonly ulong[] s_ones = Filled(ulong.MaxValue);
    private static readonly ulong[] s_free = Filled(SeptEntry.Free.Raw);

    /// <summary>A free page becomes a control page; its block epoch is not written.</summary>
    public static void Give(ref HostCall call, Pfn frame, PageType type)
    {
        Own(call.State.Pamt, frame, type, call.Td!.Tdr);
        call.Td.ChildCount++;
    }

    /// <summary>A PAMT entry gets a type and an owner and keeps its block epoch.</summary>
    public static void Own(Pamt pamt, Pfn frame, PageType type, Pfn owner) =>
        pamt.Write(PageSize.Size4K, frame, new(type, owner, pamt[PageSize.Size4K, frame].Bepoch));

    /// <summary>Fills the TD's next control page: bitmaps with ones, the Secure EPT's root with free entries, others with zeroes.</summary>
    public static void FillTdcx(ref HostCall call)
    {
        var frame = new Spa(call.Registers.Rcx).Frame;
        switch (call.Td!.ControlPages.Count)
        {
            case MsrBitmapsPage:
                call.State.Memory.WriteFrame(frame, s_ones, call.TdKey);
                break;
            case Td.SeptRootPage:
                call.State.Memory.WriteFrame(frame, s_free, call.TdKey);
                break;
            default:
                call.State.Memory.ZeroFrames(new(frame, 1), call.TdKey);
                break;
        }
    }

    /// <summary>Fills a vCPU's next control page: bitmaps of L2 VMs with ones, others with zeroes.</summary>
    public static void FillTdvps(ref HostCall call, Pfn frame, int number)
    {
        if (number > TdVcpu.FewestControlPages && number % 3 != 0)
        {
            call.State.Memory.WriteFrame(frame, s_ones, call.TdKey);
        }
        else
        {
            call.State.Memory.ZeroFrames(new(frame, 1), call.TdKey);
        }
    }

    /// <summary>A TD that has lost its key: what its structures held goes to their pages, which nobody writes any more.</summary>
    public static void WriteBack(ref HostCall call)
    {
        var (td, memory) = (call.Td!, call.State.Memory);
        Span<ulong> words = stackalloc ulong[Words];
        words.Clear();
        words[0] = ((ulong)td.ControlPages.Count << 32) | (td.IsFatal ? 1UL : 0);
        memory.WriteFrame(td.Tdr, words, call.State.Keys.KeyOf(call.State.Platform.ModuleHkid));
        if (td.ControlPages.Count > 0)
        {
            words[0] = (ulong)td.InitializedVcpus;
            memory.WriteFrame(td.ControlPages[0], words, call.TdKey);
        }

        if (td.Sept is { } tree)
        {
            SeptSteps.SpillAll(call.State, tree, call.TdKey);
        }
    }

    private static ulong[] Filled(ulong word)
    {
        var words = new ulong[Words];
        Array.Fill(words, word);
        return words;
    }
}
