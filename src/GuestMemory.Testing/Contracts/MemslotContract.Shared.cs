namespace GuestMemory.Testing;

/// <content>What is in front of a page of the shared side.</content>
public abstract partial class MemslotContract
{
    /// <summary>When a page of the shared side moves, exactly the frame in front of it must let go.</summary>
    public void The_frame_in_front_of_a_shared_page_is_found()
    {
        Begin();
        var (parts, slot) = NewSlot();
        foreach (var (gfn, offset) in Lower(parts))
        {
            var found = Find(slot, parts.Process, new(parts.SharedPage + offset, 1));
            if (FileServesShared)
            {
                EqualAll([], found.Except([gfn]));
            }
            else
            {
                EqualAll([gfn], found);
            }
        }
    }

    /// <summary>Of a longer run of pages every frame of the slot is found, and none outside it.</summary>
    public void Frames_in_front_of_a_run_of_shared_pages_are_found_within_the_slot()
    {
        Begin();
        var (parts, slot) = NewSlot();
        var lower = Lower(parts).Select(at => at.Gfn).ToArray();

        var across = Find(slot, parts.Process, new(new(parts.SharedPage.Value - 2), parts.Gfns.Count + 4));
        var inside = Find(slot, parts.Process, new(parts.SharedPage + 1, 3));

        EqualAll([], across.Where(gfn => !slot.Gfns.Contains(gfn)));
        EqualAll([], inside.Except(lower[1..4]));
        if (!FileServesShared)
        {
            EqualAll([], lower.Except(across));
            EqualAll(lower[1..4], inside);
        }

        EqualAll([], Find(slot, parts.Process, new(parts.SharedPage + parts.Gfns.Count, 8)));
        EqualAll([], Find(slot, parts.Process, new(default, 8)));
    }

    /// <summary>Another process's pages are nothing to this slot.</summary>
    public void Nothing_is_found_in_front_of_another_source()
    {
        Begin();
        var (parts, slot) = NewSlot();
        var other = parts.Vm.Machine.CreateProcess();

        EqualAll([], Find(slot, other, new(parts.SharedPage, parts.Gfns.Count)));
    }

    /// <summary>Frames are added to what other slots found before.</summary>
    public void What_was_found_before_stays()
    {
        Begin();
        var (parts, slot) = NewSlot();
        List<GfnRange> found = [new(new(7), 1)];

        slot.FindShared(parts.Process, new(parts.SharedPage, 1), found);

        Equal(new(new(7), 1), found[0]);
    }
}
