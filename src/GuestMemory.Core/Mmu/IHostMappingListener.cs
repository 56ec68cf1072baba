namespace GuestMemory;

/// <summary>Uses a process's addresses and must let go before what lies behind them changes: the part of an mmu_notifier.</summary>
public interface IHostMappingListener
{
    /// <summary>Begins an invalidation over a run of the process's pages.</summary>
    /// <param name="process">The process.</param>
    /// <param name="pages">Its pages, by page number.</param>
    void BeginHostInvalidate(HostAddressSpace process, PageIndexRange pages);

    /// <summary>Ends it.</summary>
    /// <param name="process">The process.</param>
    /// <param name="pages">Its pages, by page number.</param>
    void EndHostInvalidate(HostAddressSpace process, PageIndexRange pages);
}
