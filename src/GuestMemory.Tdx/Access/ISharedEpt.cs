namespace GuestMemory.Tdx;

/// <summary>The tables the host translates TDs' shared guest frames with.</summary>
public interface ISharedEpt
{
    /// <summary>Translates a shared guest frame.</summary>
    /// <param name="tdr">The TD's root page.</param>
    /// <param name="gfn">The guest frame, without the SHARED bit.</param>
    /// <param name="frame">The frame, when there is one.</param>
    /// <param name="suppressesVe">Bit 63 of the entry the walk ended at: a miss leaves to the host instead of raising #VE.</param>
    /// <returns>Whether there is one.</returns>
    bool TryTranslate(Pfn tdr, Gfn gfn, out Pfn frame, out bool suppressesVe);
}
