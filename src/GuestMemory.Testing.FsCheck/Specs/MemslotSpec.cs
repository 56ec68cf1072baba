namespace GuestMemory.Testing;

/// <summary>Any memslot against a model, under random commands: frames resolved inside and around it, shared pages looked for, its file released.</summary>
/// <remarks>
/// The model is arithmetic: the page behind a frame lies as far into its side as the frame into the slot. At least the lower half of the slot must serve shared pages and at least the
/// upper half private ones; elsewhere a slot may refuse, and what it does not refuse must be right.
/// </remarks>
public static class MemslotSpec
{
    /// <summary>Tries sequences of commands; slot and model must agree throughout.</summary>
    /// <param name="create">Makes a slot of the layout: bound to the file and in the VM's table. The layout's file is the VM's and not bound yet.</param>
    /// <param name="fileServesShared">Whether the layout says that the file serves shared pages too.</param>
    /// <param name="options">How many, how long, which; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ModelSpecException">They differ.</exception>
    public static void HoldsFor(Func<VirtualMachine, MemslotLayout, IMemslot> create, bool fileServesShared = false, SequenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        ModelSpec.Check("a memslot", MemslotCommand.Any, () => new MemslotRun(create, fileServesShared), options);
    }
}
