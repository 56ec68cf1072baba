namespace GuestMemory.Tdx;

/// <summary>A module's state as it was before an operation.</summary>
internal sealed class ModuleShadow
{
    private readonly bool _keepsBytes;

    public ModuleShadow(TdxModule module, bool keepsBytes)
    {
        _keepsBytes = keepsBytes;
        Pamt = new(module.Pamt.Tdmrs);
        Keys = new(module.State);
        foreach (var run in module.Pamt.Runs())
        {
            Pamt.Write(run.Size, run.Frame, run.Entry);
            Owned.Count(run.Entry, run.Size, 1);
        }

        foreach (var td in module.Tds)
        {
            Tds.Add(td.Tdr, new(td));
        }

        Claims = PageClaims.Of(module);
        FollowPlain(module);
    }

    public Pamt Pamt { get; }

    public OwnedFrames Owned { get; } = new();

    public PageClaims Claims { get; }

    public KeyShadow Keys { get; }

    public SortedDictionary<Pfn, TdShadow> Tds { get; } = new(Comparer<Pfn>.Create(static (left, right) => left.Value.CompareTo(right.Value)));

    public byte[] Bytes { get; private set; } = [];

    public long ContentsRevision { get; private set; }

    public TdShadow? FindTd(Pfn tdr) => Tds.GetValueOrDefault(tdr);

    /// <summary>PAMT, keys and TDs, without what other processors hold and interrupts to come.</summary>
    public static byte[] BytesOf(TdxModule module)
    {
        var writer = new StateWriter([]);
        module.Pamt.WriteState(ref writer);
        module.Keys.WriteState(ref writer);
        foreach (var td in module.Tds)
        {
            td.WriteState(ref writer);
        }

        return writer.Written.ToArray();
    }

    /// <summary>Becomes what the module is after a step.</summary>
    public void Follow(TdxStep step)
    {
        foreach (var change in step.PamtChanges)
        {
            Pamt.Write(change.Size, change.Frame, change.Now);
            Owned.Count(change.Old, change.Size, -1);
            Owned.Count(change.Now, change.Size, 1);
        }

        FollowClaims(step);
        foreach (var gone in Tds.Keys.Where(tdr => step.Module.FindTd(tdr) is null).ToArray())
        {
            Tds.Remove(gone);
        }

        foreach (var td in step.Module.Tds)
        {
            if (FindTd(td.Tdr) is { } known)
            {
                known.Follow(td, step.HasTree(td.Tdr));
            }
            else
            {
                Tds.Add(td.Tdr, new(td));
            }
        }

        FollowPlain(step.Module);
    }

    /// <summary>Bytes that were written since were no step's.</summary>
    public void FollowContents(TdxModule module) => ContentsRevision = module.Memory.Contents.Revision;

    // A TD that is taken apart keeps its tree, and its pages go in any order: it claims nothing any more.
    private void FollowClaims(TdxStep step)
    {
        foreach (var (tdr, td) in Tds)
        {
            if (td.Facts.IsAlive && step.Module.FindTd(tdr) is not { Lifecycle: not TdLifecycle.Teardown })
            {
                Claims.Remove(tdr, SeptTrees.Rows(td.Root));
            }
        }

        foreach (var change in step.SeptChanges)
        {
            if (step.Module.FindTd(change.Tdr) is { Lifecycle: not TdLifecycle.Teardown })
            {
                var claim = new PageClaim(change.Tdr, change.Gfn, change.Level);
                Claims.Remove(PageKey.Of(change.Old, change.Level), claim);
                Claims.Add(PageKey.Of(change.Now, change.Level), claim);
            }
        }
    }

    private void FollowPlain(TdxModule module)
    {
        Keys.Follow(module.State);
        ContentsRevision = module.Memory.Contents.Revision;
        Bytes = _keepsBytes ? BytesOf(module) : [];
    }
}
