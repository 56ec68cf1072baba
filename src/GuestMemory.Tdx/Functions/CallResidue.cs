namespace GuestMemory.Tdx;

/// <summary>What a refused call leaves behind in entries whose locks it took or found held, and of what its function began. Source: tdx-module, sept_lock_acquire_host.</summary>
internal static class CallResidue
{
    /// <summary>A lock taken ends the host's waiting for it; a lock found held begins it.</summary>
    public static void Leave(ref HostCall call, AnswerResidue residue)
    {
        if (residue == AnswerResidue.Begun)
        {
            call.Function.Begin?.Invoke(ref call);
        }

        if (residue == AnswerResidue.HostPriority || call.HoldsEntry)
        {
            call.Place.Page[call.Place.Index] = call.Place.Entry.WithHostPriority(residue == AnswerResidue.HostPriority);
        }

        if (residue == AnswerResidue.ChildPriority && call.Place.Exists && call.Place.Page.Child(call.Place.Index) is { } table)
        {
            for (var index = 0; index < SeptPage.Entries && index <= call.ChildrenTaken; index++)
            {
                var child = table[index];
                table[index] = child.WithHostPriority(child.IsLocked);
            }
        }
    }
}
