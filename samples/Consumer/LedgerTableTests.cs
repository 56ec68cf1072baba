using GuestMemory;
using GuestMemory.Testing.Xunit;

namespace Consumer;

/// <summary>Everything an ownership table promises, as facts of this project.</summary>
public sealed class LedgerTableTests : OwnershipTableFacts
{
    protected override IOwnershipTable CreateTable(Machine machine) => new LedgerTable();
}
