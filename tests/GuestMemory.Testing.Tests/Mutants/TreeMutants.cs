namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>Trees with one mistake each, and the promise that catches it.</summary>
internal static class TreeMutants
{
    public static IReadOnlyList<(string Mistake, string Promise, Func<VirtualMachine, FaultyMmu> Make)> All { get; } =
    [
        ("makes everything writable", nameof(SecondaryMmuContract.A_walk_finds_what_was_mapped_and_nothing_beside_it),
            static vm => new(vm) { OnMap = static (tree, request) => tree.Rightly(request with { Writable = true }) }),
        ("hides what it maps", nameof(SecondaryMmuContract.The_reverse_index_knows_what_was_mapped), static vm => new(vm) { OnMap = MapHidden }),
        ("maps one leaf of several", nameof(SecondaryMmuContract.Leaves_in_a_row_are_mapped_one_by_one),
            static vm => new(vm) { OnMap = static (tree, request) => tree.Rightly(request with { Leaves = 1 }) }),
        ("refuses a spurious fault", nameof(SecondaryMmuContract.Mapping_the_same_again_changes_nothing), static vm => new(vm)
        {
            OnMap = static (tree, request) => tree.TryTranslate(request.Gfn, out _) ? Refusal(request.Gfn) : tree.Rightly(request),
        }),
        ("maps with an old sample", nameof(SecondaryMmuContract.A_map_with_a_sample_from_before_an_invalidation_is_retried),
            static vm => new(vm) { OnMap = static (tree, request) => tree.Rightly(request with { Sample = tree.Vm.Sequence.Sample() }) }),
        ("maps during an invalidation", nameof(SecondaryMmuContract.A_map_during_an_invalidation_of_its_frames_is_retried),
            static vm => new(vm) { OnMap = static (tree, request) => MapPast(tree, request) }),
        ("looks at a large leaf's first frame only", nameof(SecondaryMmuContract.A_large_map_during_an_invalidation_of_a_part_is_retried), static vm => new(vm)
        {
            OnMap = static (tree, request) => tree.Vm.Sequence.Range.Contains(request.Gfn) ? tree.Rightly(request) : MapPast(tree, request),
        }),
        ("maps a frame as both kinds", nameof(SecondaryMmuContract.A_frame_is_not_mapped_as_both_kinds), static vm => new(vm) { OnMap = MapAnyKind }),
        ("looks at its own entries only before it maps", nameof(SecondaryMmuContract.A_frame_is_not_mapped_as_both_kinds_by_two_VMs), static vm => new(vm) { OnMap = MapBesideOthers }),
        ("lends the host a window on what it maps private", nameof(SecondaryMmuContract.Converting_on_a_dual_store_keeps_the_frame_rule), static vm => new(vm) { OnMap = MapTwice }),
        ("keeps shared entries through a conversion", nameof(SecondaryMmuContract.Converting_on_an_in_place_store_keeps_the_frame_rule),
            static vm => new(vm) { OnUnmap = static (tree, range, kinds) => tree.Tree.Unmap(range, kinds & ~KindFilter.Shared) }),
        ("unmaps the first frame of a conversion only", nameof(SecondaryMmuContract.Converting_on_a_dual_store_keeps_the_address_rule),
            static vm => new(vm) { OnUnmap = static (tree, range, kinds) => tree.Tree.Unmap(new(range.Start, 1), kinds) }),
        ("brings back at flush what it unmapped", nameof(SecondaryMmuContract.Converting_on_an_in_place_store_keeps_the_address_rule), static vm => new(vm) { OnFlush = FlushAndRestore }),
        ("maps the frame beside the one it was given", nameof(SecondaryMmuContract.Converting_on_a_dual_store_keeps_the_address_rule),
            static vm => new(vm) { OnMap = static (tree, request) => tree.Rightly(request with { Frame = request.Frame + request.Size.FrameCount() }) }),
        ("makes leaves it must not", nameof(SecondaryMmuContract.What_the_tree_does_not_make_is_refused),
            static vm => new(vm) { OnMap = static (tree, request) => tree.Tree.Map(request) }),
        ("gives a replaced frame back too early", nameof(SecondaryMmuContract.A_frame_that_another_replaced_is_given_back_by_a_flush_only),
            static vm => new(vm) { OnMap = ReplaceAtOnce }),
        ("keeps something out of its state", nameof(SecondaryMmuContract.State_read_back_is_the_same_state), static vm => new(vm) { ForgetsState = true }),
        ("stays when its VM goes", nameof(SecondaryMmuContract.A_VM_that_is_gone_maps_nothing), static vm => new(vm, staysRegistered: true)),
        ("unmaps nothing", nameof(SecondaryMmuContract.No_new_walk_finds_what_was_unmapped), static vm => new(vm) { OnUnmap = static (_, _, _) => MmuAnswer.Done }),
        ("unmaps the first frame only", nameof(SecondaryMmuContract.No_new_walk_finds_what_was_unmapped),
            static vm => new(vm) { OnUnmap = static (tree, range, kinds) => tree.Tree.Unmap(new(range.Start, 1), kinds) }),
        ("unmaps and then refuses", nameof(SecondaryMmuContract.An_unmap_that_is_not_done_changes_nothing), static vm => new(vm) { OnUnmap = UnmapAndRefuse }),
        ("unmaps every kind", nameof(SecondaryMmuContract.Unmap_takes_only_the_kinds_it_names),
            static vm => new(vm) { OnUnmap = static (tree, range, _) => tree.Tree.Unmap(range, KindFilter.Both) }),
        ("leaves the rest of a large leaf", nameof(SecondaryMmuContract.Unmapping_a_part_of_a_large_leaf_takes_whole_leaves),
            static vm => new(vm) { OnUnmap = SplitAndUnmap }),
        ("flushes a part of a large leaf", nameof(SecondaryMmuContract.Unmapping_a_part_of_a_large_leaf_takes_whole_leaves), static vm => new(vm) { OnFlush = FlushPart }),
        ("gives frames back at unmap", nameof(SecondaryMmuContract.Frames_are_given_back_by_flush_and_not_before), static vm => new(vm) { OnUnmap = UnmapAndFlush }),
        ("gives nothing back at flush", nameof(SecondaryMmuContract.Frames_are_given_back_by_flush_and_not_before),
            static vm => new(vm) { OnFlush = static (_, _) => MmuAnswer.Done }),
        ("forgets the TLBs", nameof(SecondaryMmuContract.Flush_ends_use_by_running_vCPUs), static vm => new(vm) { OnFlush = FlushButTlbs }),
        ("unmaps at flush", nameof(SecondaryMmuContract.Flush_alone_unmaps_nothing), static vm => new(vm) { OnFlush = UnmapAtFlush }),
        ("refuses to unmap nothing", nameof(SecondaryMmuContract.Unmapping_and_flushing_nothing_is_done), static vm => new(vm)
        {
            OnUnmap = static (tree, range, kinds) => tree.Tree.Runs.IsEmpty ? Refusal(range.Start) : tree.Tree.Unmap(range, kinds),
        }),
        ("lets the next in before the flush", nameof(SecondaryMmuContract.A_frame_awaiting_its_flush_is_not_mapped_as_the_other_kind),
            static vm => new(vm) { OnUnmap = UnmapAndFlush }),
        ("is busy for ever", nameof(SecondaryMmuContract.A_frame_given_back_can_be_had_by_the_next_guest),
            static vm => new(vm) { OnFlush = static (_, _) => new(MmuVerdict.Busy, default) }),
        ("takes rights away at a split", nameof(SecondaryMmuContract.Split_keeps_frames_kind_and_rights), static vm => new(vm) { OnSplit = SplitReadOnly }),
        ("does not split", nameof(SecondaryMmuContract.After_a_split_one_leaf_is_unmapped_alone), static vm => new(vm) { OnSplit = static (_, _) => MmuAnswer.Done }),
        ("splits what is not there", nameof(SecondaryMmuContract.Splitting_a_small_leaf_or_nothing_changes_nothing), static vm => new(vm)
        {
            OnSplit = static (tree, gfn) => tree.TryTranslate(gfn, out _) ? tree.Tree.Split(gfn) : MmuAnswer.Done,
        }),
        ("says it merged", nameof(SecondaryMmuContract.Merge_leads_where_the_leaves_led), static vm => new(vm) { OnMerge = static (_, _, _) => MmuAnswer.Done }),
        ("merges over unlike leaves", nameof(SecondaryMmuContract.Leaves_that_are_not_alike_are_not_merged), static vm => new(vm) { OnMerge = MergeAnyhow }),
        ("merges off the alignment", nameof(SecondaryMmuContract.A_merge_that_starts_off_its_alignment_is_refused),
            static vm => new(vm) { OnMerge = static (tree, gfn, size) => tree.Tree.Merge(gfn.AlignDown(size), size) }),
    ];

    private static MmuAnswer Refusal(Gfn gfn) => MmuAnswer.Refused(CoreRules.NotSupported.Refuse(gfn.Value));

    private static MmuAnswer MapHidden(FaultyMmu tree, MapRequest request)
    {
        var answer = tree.Rightly(request);
        if (answer.IsDone)
        {
            tree.Vm.Machine.Mappings.Remove(request.Frames, request.Kind);
        }

        return answer;
    }

    private static MmuAnswer MapPast(FaultyMmu tree, MapRequest request)
    {
        var sequence = tree.Vm.Sequence;
        if (sequence.InProgress == 0 || sequence.Sample() != request.Sample)
        {
            return tree.Rightly(request);
        }

        var range = sequence.Range;
        sequence.End();
        var answer = tree.Rightly(request with { Sample = sequence.Sample() });
        sequence.Begin(range);
        return answer;
    }

    private static MmuAnswer MapAnyKind(FaultyMmu tree, MapRequest request)
    {
        var index = tree.Vm.Machine.Mappings;
        var other = request.Kind == PageKind.Private ? PageKind.Shared : PageKind.Private;
        var count = index[request.Frame].Of(other);
        for (var left = count; left > 0; left--)
        {
            index.Remove(new(request.Frame, 1), other);
        }

        var answer = tree.Rightly(request);
        for (var left = count; left > 0; left--)
        {
            index.Add(new(request.Frame, 1), other);
        }

        return answer;
    }

    // As if only this tree's entries counted: those of others are hidden while it maps.
    private static MmuAnswer MapBesideOthers(FaultyMmu tree, MapRequest request)
    {
        var others = tree.Vm.Machine.Mappings.WhoMaps(request.Frames).Where(mapping => mapping.Mapper != tree.Tree.Id).ToArray();
        var index = tree.Vm.Machine.Mappings;
        foreach (var mapping in others)
        {
            index.Remove(mapping.Frames, mapping.Kind);
        }

        var answer = tree.Rightly(request);
        foreach (var mapping in others)
        {
            index.Add(mapping.Frames, mapping.Kind);
        }

        return answer;
    }

    // Far above the frames that anything else is mapped at.
    private static MmuAnswer MapTwice(FaultyMmu tree, MapRequest request)
    {
        var answer = tree.Rightly(request);
        if (answer.IsDone && request.Kind == PageKind.Private)
        {
            tree.Tree.Map(request with { Gfn = request.Gfn + (1UL << 30), Kind = PageKind.Shared });
        }

        return answer;
    }

    private static MmuAnswer FlushAndRestore(FaultyMmu tree, GfnRange range)
    {
        var unmapped = tree.Tree.Unflushed.ToArray();
        var answer = tree.Tree.Flush(range);
        foreach (var run in unmapped)
        {
            var size = run.Translation.Size;
            var request = new MapRequest(
                run.Gfns.Start, run.Translation.Frame, size, run.Translation.Kind, run.Translation.Writable, tree.Vm.Sequence.Sample(), run.Gfns.Count / size.FrameCount());
            MapPast(tree, request);
        }

        return answer;
    }

    private static MmuAnswer ReplaceAtOnce(FaultyMmu tree, MapRequest request)
    {
        var cached = tree.Vm.Cache.Entries.ToArray();
        if (tree.TryTranslate(request.Gfn, out var old) && old.Frame != request.Frame)
        {
            tree.Tree.Unmap(request.Gfns, KindFilter.Both);
            tree.Tree.Flush(request.Gfns);
        }

        var answer = tree.Rightly(request);
        Fill(tree, cached);
        return answer;
    }

    private static void Fill(FaultyMmu tree, CachedTranslation[] cached)
    {
        foreach (var entry in cached)
        {
            tree.Vm.Cache.Fill(entry.Vcpu, entry.Gfn, entry.Translation);
        }
    }

    private static MmuAnswer UnmapAndRefuse(FaultyMmu tree, GfnRange range, KindFilter kinds)
    {
        tree.Tree.Unmap(range, kinds);
        return Refusal(range.Start);
    }

    private static MmuAnswer SplitAndUnmap(FaultyMmu tree, GfnRange range, KindFilter kinds)
    {
        tree.Tree.Split(range.Start);
        return tree.Tree.Unmap(range, kinds);
    }

    private static MmuAnswer UnmapAndFlush(FaultyMmu tree, GfnRange range, KindFilter kinds)
    {
        tree.Tree.Unmap(range, kinds);
        return tree.Tree.Flush(range);
    }

    private static MmuAnswer FlushButTlbs(FaultyMmu tree, GfnRange range)
    {
        var cached = tree.Vm.Cache.Entries.ToArray();
        var answer = tree.Tree.Flush(range);
        Fill(tree, cached);
        return answer;
    }

    private static MmuAnswer FlushPart(FaultyMmu tree, GfnRange range)
    {
        var whole = tree.Tree.Unflushed.ToArray();
        var answer = tree.Tree.Flush(range);
        foreach (var run in whole)
        {
            tree.Vm.Machine.Mappings.Add(new(run.Translation.Frame, run.Gfns.Count), run.Translation.Kind);
            var part = run.Gfns.Intersect(range);
            tree.Vm.Machine.Mappings.Remove(new(run.Translation.Frame + (part.Start - run.Gfns.Start), part.Count), run.Translation.Kind);
        }

        return answer;
    }

    private static MmuAnswer UnmapAtFlush(FaultyMmu tree, GfnRange range) => UnmapAndFlush(tree, range, KindFilter.Both);

    private static MmuAnswer SplitReadOnly(FaultyMmu tree, Gfn gfn)
    {
        var answer = tree.Tree.Split(gfn);
        tree.Tree.WriteProtect(new(gfn, 1));
        tree.Tree.WriteProtect(new(gfn.AlignDown(PageSize.Size2M), 1));
        return answer;
    }

    private static MmuAnswer MergeAnyhow(FaultyMmu tree, Gfn gfn, PageSize size)
    {
        var answer = tree.Tree.Merge(gfn, size);
        return answer.IsDone || !gfn.IsAligned(size) ? answer : MmuAnswer.Done;
    }
}
