namespace GuestMemory;

/// <content>Pages that a dead guest's tree could not let go of.</content>
public sealed partial class BackingStore
{
    /// <summary>Leaks what dead guests still map: nobody unmaps it while they are there.</summary>
    internal void LoseToDeadGuests()
    {
        foreach (var run in Pages.ToArray())
        {
            foreach (var mapping in _machine.Mappings.WhoMaps(new(run.Value.Frame, run.Length)))
            {
                if (mapping.Mapper.Kind == MapperKind.NestedTable && _machine.VirtualMachine(new((ushort)mapping.Mapper.Number)).IsDead)
                {
                    Lose(run, mapping.Frames);
                }
            }
        }
    }

    // A mapping may reach beyond the run, and another may have cost the page already.
    private void Lose(in RangeEntry<StoredPage> run, PfnRange mapped)
    {
        var frames = mapped.Intersect(new(run.Value.Frame, run.Length));
        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            var index = run.Start + (frame - run.Value.Frame);
            if (_pages.ContainsAny(index, index + 1))
            {
                _pages.Remove(index, index + 1);
                Leak(new(frame, 1));
            }
        }
    }
}
