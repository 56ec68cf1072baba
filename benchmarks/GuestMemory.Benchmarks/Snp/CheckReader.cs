using GuestMemory.Rmp;

namespace GuestMemory.Benchmarks;

/// <summary>The check of a private read that is allowed.</summary>
internal readonly struct CheckReader(OwnedMachine machine) : IFrameReader
{
    public ulong Read(uint frame)
    {
        var page = new Pfn(frame);
        var access = RmpAccess.Private(OwnedMachine.Guest, AccessKind.Read, machine.GpaOf(page), page, machine.PageSize);
        return machine.Platform.Check(access).IsAllowed ? 1UL : Refused(page);
    }

    private static ulong Refused(Pfn page) => throw new InvalidOperationException($"The guest's own {page} was refused to it.");
}
