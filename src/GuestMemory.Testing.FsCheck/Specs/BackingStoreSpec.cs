namespace GuestMemory.Testing;

/// <summary>Any backing store against a model, under random commands: pages asked for, mapped, pinned, written; invalidations opened, freed in, ended.</summary>
/// <remarks>
/// The model is a map from page to frame. Compared are success and refusal, the number of pages freed, frames that must stay or be new, what the machine's pool says of them,
/// what the listener heard, and whether a page called cleared is. Pages of any order, divisible or not.
/// </remarks>
public static class BackingStoreSpec
{
    /// <summary>Tries sequences of commands; store and model must agree throughout.</summary>
    /// <param name="create">Makes an empty store of as many pages, which takes its frames from the machine's pool.</param>
    /// <param name="options">How many, how long, which; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ModelSpecException">They differ.</exception>
    public static void HoldsFor(Func<Machine, ulong, IBackingStore> create, SequenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        ModelSpec.Check("a backing store", BackingCommand.Any, () => new BackingRun(create), options);
    }
}
