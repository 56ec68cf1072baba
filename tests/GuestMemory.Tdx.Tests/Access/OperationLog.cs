namespace GuestMemory.Tdx.Tests.Access;

/// <summary>Keeps the operations of a module.</summary>
internal sealed class OperationLog : ITdxObserver
{
    public List<TdxOperation> Operations { get; } = [];

    public TdxOperation Last => Operations[^1];

    public void OnOperation(TdxModule module, in TdxOperation operation) => Operations.Add(operation);
}
