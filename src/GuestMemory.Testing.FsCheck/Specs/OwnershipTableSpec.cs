namespace GuestMemory.Testing;

/// <summary>Any ownership table against a model, under random commands: preparing, reclaiming, judging accesses, splitting, merging.</summary>
/// <remarks>
/// After each command success and refusal are compared, then what both say of every frame: owner, guest frame, borrower. Writes by others, and whatever the model allows, are
/// compared as accesses; what else a table lets others read is its own. Merging may be refused. For tables where mapping transfers ownership take another model, or the contract.
/// </remarks>
public static class OwnershipTableSpec
{
    /// <summary>Tries sequences of commands; table and model must agree throughout.</summary>
    /// <param name="create">Makes the table under test, every frame as after boot.</param>
    /// <param name="options">How many, how long, which; <see langword="null"/> for the defaults.</param>
    /// <param name="model">Makes the model; <see langword="null"/> for <see cref="SoftwareOwnershipTable"/>.</param>
    /// <exception cref="ModelSpecException">They differ.</exception>
    public static void HoldsFor(Func<Machine, IOwnershipTable> create, SequenceOptions? options = null, Func<Machine, IOwnershipTable>? model = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        ModelSpec.Check("an ownership table", OwnershipCommand.Any, () => new OwnershipRun(create, model ?? (static _ => new SoftwareOwnershipTable())), options);
    }
}
