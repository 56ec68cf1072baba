namespace GuestMemory.Testing;

/// <content>The one rule, as its two predicates, over conversions: with a frame for each side (dual) and with one frame for both (in place).</content>
/// <remarks>The machine observes and does not refuse, so that it is the tree that keeps the rule.</remarks>
public abstract partial class SecondaryMmuContract
{
    /// <summary>Between two stores the frames differ; a tree that makes entries nobody asked for still breaks it (I1).</summary>
    public void Converting_on_a_dual_store_keeps_the_frame_rule()
    {
        Begin();
        ConvertEachKind(inPlace: false, RequireFrameRule);
    }

    /// <summary>A frame stands behind both sides: what was not unmapped meets the entry of the other kind (I1).</summary>
    public void Converting_on_an_in_place_store_keeps_the_frame_rule()
    {
        Begin();
        ConvertEachKind(inPlace: true, RequireFrameRule);
    }

    /// <summary>Nothing but this predicate catches a missed unmap where the sides have frames of their own (I1).</summary>
    public void Converting_on_a_dual_store_keeps_the_address_rule()
    {
        Begin();
        ConvertEachKind(inPlace: false, RequireAddressRule);
    }

    /// <summary>The frame is right before and after; its kind is what has to follow (I1).</summary>
    public void Converting_on_an_in_place_store_keeps_the_address_rule()
    {
        Begin();
        ConvertEachKind(inPlace: true, RequireAddressRule);
    }

    private void ConvertEachKind(bool inPlace, Action<string> requireRule)
    {
        foreach (var kind in EachKind)
        {
            Renew();
            _machine = NewMachine(Enforcement.Observe);
            AddSlot(inPlace);
            Vm.SetAttributes(Slot, AttributeOf(kind));

            // A tree that only shares may be a process's or a device's, which no guest fault fills.
            Touch(Slot, kind, mustMap: Kinds.HasFlag(KindFilter.Private));
            requireRule($"{kind} frames were mapped");
            Convert(Other(kind), requireRule);
            Convert(kind, requireRule);
        }
    }

    // A tree may refuse to let go; then the frames stay as they are, and so does their attribute.
    private void Convert(PageKind kind, Action<string> requireRule)
    {
        var part = new GfnRange(Slot.Start + 1, 2);
        Vm.SetAttributes(part, AttributeOf(kind));
        requireRule($"frames became {kind}");
        Touch(part, kind, mustMap: false);
        requireRule($"frames were touched as {kind}");
    }

    private void Touch(GfnRange gfns, PageKind kind, bool mustMap)
    {
        for (var gfn = gfns.Start; gfn < gfns.End; gfn += 1)
        {
            var verdict = new GuestFault(Vm, gfn, isWrite: true, kind).Run();
            Holds(verdict == FaultVerdict.Mapped || !mustMap, $"that a {kind} fault at {gfn} ended as {verdict}", "a fault to be mapped");
        }
    }

    private void RequireFrameRule(string when)
    {
        foreach (var run in Machine.Mappings.Runs)
        {
            Holds(run.Value.Private == 0 || run.Value.Shared == 0, $"{new Pfn(run.Start)} mapped {run.Value} after {when}", "no frame to be mapped private and shared at once");
        }
    }

    private void RequireAddressRule(string when)
    {
        for (var gfn = Slot.Start; gfn < Slot.End; gfn += 1)
        {
            if (Vm.Mmu.TryTranslate(gfn, out var translation))
            {
                RequireRight(gfn, translation.Frame, translation.Kind, when);
            }
        }

        foreach (var mapping in Machine.Mappings.WhoMaps(Machine.Frames.AllFrames))
        {
            for (var at = 0UL; !mapping.AwaitsFlush && mapping.Mapper.Kind == MapperKind.NestedTable && at < mapping.Frames.Count; at++)
            {
                RequireRight(new(mapping.InputPage + at), mapping.Frames.Start + at, mapping.Kind, when);
            }
        }
    }

    private void RequireRight(Gfn gfn, Pfn frame, PageKind kind, string when)
    {
        var attribute = Vm.Attributes.KindOf(gfn);
        Holds(kind == attribute, $"that it is mapped {kind} after {when}", $"{gfn}, whose attribute is {attribute}, to be mapped as that");
        Holds(TryFrameBehind(gfn, kind, out var behind) && behind == frame, $"{frame} after {when}", $"{gfn} to lead to the frame behind its slot");
    }
}
