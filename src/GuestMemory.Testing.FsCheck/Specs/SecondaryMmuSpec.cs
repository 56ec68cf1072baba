namespace GuestMemory.Testing;

/// <summary>Any secondary MMU against a model, under random commands: mapping with fresh and late samples, unmapping, flushing, splitting, merging, invalidations, use by a vCPU.</summary>
/// <remarks>
/// After each command verdicts are compared, then what walks find, how often the reverse index says that each frame is mapped (exactly once everything is flushed; at least what walks
/// find before), and that no vCPU still uses a frame that was given back. A map over a translation to another frame, which a tree may refuse, is passed over.
/// </remarks>
public static class SecondaryMmuSpec
{
    /// <summary>Tries sequences of commands; tree and model must agree throughout.</summary>
    /// <param name="create">Makes the tree of a VM.</param>
    /// <param name="kinds">Kinds the tree maps. Default: both.</param>
    /// <param name="largest">Largest leaf to map, 4K or 2M. Default: 4K.</param>
    /// <param name="options">How many, how long, which; <see langword="null"/> for the defaults.</param>
    /// <param name="model">Makes the model; <see langword="null"/> for <see cref="NestedPageTable"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kinds"/> is none, or <paramref name="largest"/> neither 4K nor 2M.</exception>
    /// <exception cref="ModelSpecException">They differ.</exception>
    public static void HoldsFor(
        Func<VirtualMachine, ISecondaryMmu> create, KindFilter kinds = KindFilter.Both, PageSize largest = PageSize.Size4K, SequenceOptions? options = null,
        Func<VirtualMachine, ISecondaryMmu>? model = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentOutOfRangeException.ThrowIfEqual((int)kinds, (int)KindFilter.None, nameof(kinds));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)largest, (int)PageSize.Size2M, nameof(largest));
        ModelSpec.Check(
            "a secondary MMU", MmuCommand.Any(kinds, largest), () => new MmuRun(create, model ?? (static vm => vm.CreateNestedPageTable())), options);
    }
}
