namespace GuestMemory.Tdx;

/// <summary>The kinds of TDX systems that can be searched. Immutable.</summary>
public static class TdxSystems
{
    /// <summary>"tdx": Intel's module with TDs, their vCPUs, and the host that gives and takes their pages; 1 to 4 guests, 1 to 8 pages, 1 to 8 vCPUs, in its first scenario.</summary>
    public static IStepSystemSource Tdx { get; } = new TdxSystemSource();
}
