namespace GuestMemory.Tdx;

/// <summary>Hears of every operation of a module, after it ended.</summary>
public interface ITdxObserver
{
    /// <summary>An operation ended.</summary>
    /// <param name="module">The module, as it is now.</param>
    /// <param name="operation">The operation.</param>
    void OnOperation(TdxModule module, in TdxOperation operation);
}
