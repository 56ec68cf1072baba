using GuestMemory.Rmp;

namespace GuestMemory.Benchmarks;

/// <summary>A machine that is handed to one guest as 2M pages.</summary>
internal sealed class SnpLargePages
{
    private const ulong Room = 1UL << 21;
    private static readonly Asid s_guest = new(5);
    private readonly ulong _pages;

    /// <summary>Makes the machine; nothing is assigned.</summary>
    /// <param name="pages">How many 2M pages there are, beside the room for the table.</param>
    public SnpLargePages(ulong pages)
    {
        _pages = pages;
        Platform = new(RmpCoverage.AtEndOf(new(default, (pages << 9) + Room)));
    }

    public SnpPlatform Platform { get; }

    /// <summary>Every page, one RMPUPDATE each.</summary>
    public bool Assign()
    {
        var all = true;
        for (var page = 0UL; page < _pages; page++)
        {
            var large = new PhysicalPage(new(page << 9), PageSize.Size2M);
            all &= Platform.RmpUpdate(RmpUpdateOperands.Assign(large, s_guest, new(page << 21))).IsSuccess;
        }

        return all;
    }

    /// <summary>Every page, one PSMASH each.</summary>
    public bool Smash()
    {
        var all = true;
        for (var page = 0UL; page < _pages; page++)
        {
            all &= Platform.Psmash(new(page << 21)).IsSuccess;
        }

        return all;
    }

    /// <summary>One random 4K page in each of some random 2M pages goes back to the host: PSMASH, then RMPUPDATE.</summary>
    public bool ShareOneOfEach(int times)
    {
        var all = true;
        var random = new Xorshift(7);
        var stride = _pages / (ulong)times;
        for (var time = 0UL; time < (ulong)times; time++)
        {
            var head = new Pfn(((time * stride) + random.Next((uint)stride)) << 9);
            all &= Platform.Psmash(head.Address).IsSuccess;
            all &= Platform.RmpUpdate(RmpUpdateOperands.Share(new(head + random.Next(512), PageSize.Size4K))).IsSuccess;
        }

        return all;
    }
}
