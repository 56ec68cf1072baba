using System.Runtime.CompilerServices;

namespace GuestMemory.Tdx;

/// <content>Calls to the module, and pages for it.</content>
public sealed partial class TdxHost
{
    /// <summary>Makes every vCPU of a VM leave its TD.</summary>
    /// <param name="guest">The VM.</param>
    public void KickVcpus(GuestId guest)
    {
        if (Find(guest) is not { } td)
        {
            return;
        }

        foreach (var tdvpr in td.VcpuList)
        {
            if (Module.FindVcpu(tdvpr) is { IsInside: true })
            {
                Module.Exit(tdvpr);
            }
        }

        VcpusKicked?.Invoke(guest);
    }

    // Busy is tried once more, with the vCPUs kept out (linux-kvm-tdx, BUSY).
    internal TdxResult Call(HostedTd td, TdxFunction function, in TdxRegisters registers, int processor = 0)
    {
        var result = CallQuietly(td, function, registers, processor);
        if (_machine.Observer is not null)
        {
            Tell(td, function, result);
        }

        return result;
    }

    // For a call whose effect the host follows in the same step: it is told about when both agree again.
    private TdxResult CallQuietly(HostedTd td, TdxFunction function, in TdxRegisters registers, int processor = 0)
    {
        var result = Module.Seamcall(function, registers, processor: processor);
        return IsBusy(result) ? CallAgain(td, function, registers, processor) : result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TdxResult CallAgain(HostedTd td, TdxFunction function, in TdxRegisters registers, int processor)
    {
        KickVcpus(td.Guest);
        return Module.Seamcall(function, registers, processor: processor);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Tell(HostedTd td, TdxFunction function, in TdxResult result) => Emit(td.Tdr, (ulong)function, result.ToOutcome());

    // What the step of a rewritten page says in the place of a function.
    private const ulong ClearStep = 0xffff;

    internal static bool IsBusy(in TdxResult result) => result.Status.Code is TdxStatusCode.OperandBusy or TdxStatusCode.PreviousTlbEpochBusy;

    /// <summary>Takes a page for the module; its lines are written back before it is handed over.</summary>
    internal bool TryTakePage(out Pfn page)
    {
        var taken = _machine.Frames.TryTake(new(0, 1, FramePurpose.Firmware), out var frames);
        page = frames.Start;
        return taken;
    }

    /// <summary>Takes several pages, or none.</summary>
    internal bool TryTakePages(int count, out List<Pfn> pages)
    {
        pages = new(count);
        while (pages.Count < count && TryTakePage(out var page))
        {
            pages.Add(page);
        }

        if (pages.Count == count)
        {
            return true;
        }

        pages.ForEach(page => _machine.Frames.GiveBack(new(page, 1)));
        return false;
    }

    /// <summary>A page the module gave back is the host's again: rewritten by full lines, then free.</summary>
    internal void ReturnPage(Pfn page)
    {
        Clear(page);
        _machine.Frames.GiveBack(new(page, 1));
    }

    // After REMOVE the lines under the TD's key are written back and invalidated, and the page is rewritten (linux-kvm-tdx, removing a page).
    // A page whose lines may still be written back over what comes next is lost.
    internal TdxResult WriteBackAndClear(HostedTd td, Pfn page)
    {
        var result = WriteBackQuietly(td, page);
        Emit(page, (ulong)TdxFunction.PhymemPageWbinvd, result.ToOutcome());
        return result;
    }

    private TdxResult WriteBackQuietly(HostedTd td, Pfn page)
    {
        var hkid = Module.FindTd(td.Tdr)!.Hkid;
        var result = CallQuietly(td, TdxFunction.PhymemPageWbinvd, new(page.Address.Value | ((ulong)hkid.Value << Module.Platform.HkidShift)));
        if (result.IsSuccess)
        {
            Module.HostClear(page);
        }
        else
        {
            _unwritten.Add(page.Value);
        }

        return result;
    }

    /// <summary>Rewrites a page by full lines: its lines are the host's again.</summary>
    internal void Clear(Pfn page)
    {
        Module.HostClear(page);
        Emit(page, ClearStep, Outcome.Success);
    }
}
