namespace GuestMemory.Tdx;

/// <summary>What becomes of pages when a function goes through. Source: tdx-module, PAMT updates.</summary>
internal static class PageSteps
{
    /// <summary>A free page becomes the TD's, block epoch 0.</summary>
    public static void Give(ref HostCall call, Pfn frame, PageSize size, PageType type)
    {
        call.State.Pamt.Write(size, frame, new(type, call.Td!.Tdr, bepoch: 0));
        call.Td.ChildCount += size.FrameCount();
    }

    /// <summary>A page of the TD becomes free.</summary>
    public static void Take(ref HostCall call, Pfn frame, PageSize size)
    {
        Free(call.State, frame, size);
        call.Td!.ChildCount -= size.FrameCount();
    }

    /// <summary>A page becomes free; owner and block epoch stay in modules that keep them.</summary>
    public static void Free(ModuleState state, Pfn frame, PageSize size)
    {
        var entry = state.Pamt[size, frame];
        state.Pamt.Write(size, frame, state.Platform.Version.KeepsStaleOwner ? entry.WithType(PageType.Nda) : default);
    }

    /// <summary>A free page becomes a table of the TD that a large page is split into; a module that keeps them leaves the block epoch as it was.</summary>
    public static void GiveTable(ref HostCall call, Pfn frame)
    {
        var epoch = call.State.Platform.Version.KeepsStaleOwner ? call.State.Pamt[PageSize.Size4K, frame].Bepoch : 0;
        call.State.Pamt.Write(PageSize.Size4K, frame, new(PageType.Ept, call.Td!.Tdr, epoch));
        call.State.Memory.ZeroFrames(new(frame, 1), call.TdKey);
        call.Td.ChildCount++;
    }

    /// <summary>512 pages become one; what the free entries were is forgotten by modules that do not keep it.</summary>
    public static void Merge(ref HostCall call, PageSize size, Pfn frame)
    {
        var pamt = call.State.Pamt;
        pamt.Merge(size, frame);
        if (call.State.Platform.Version.KeepsStaleOwner)
        {
            return;
        }

        pamt.Write(size, frame, pamt[size, frame] with { Bepoch = 0 });
        for (var child = 0UL; child < SeptPage.Entries; child++)
        {
            pamt.Write(size - 1, frame + (child * (size - 1).FrameCount()), default);
        }
    }

    /// <summary>One page becomes 512.</summary>
    public static void Split(ref HostCall call, PageSize size, Pfn frame)
    {
        call.State.Pamt.Split(size, frame);
        if (!call.State.Platform.Version.KeepsStaleOwner)
        {
            call.State.Pamt.Write(size, frame, default);
        }
    }
}
