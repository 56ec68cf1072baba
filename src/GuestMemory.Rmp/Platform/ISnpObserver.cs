namespace GuestMemory.Rmp;

/// <summary>Hears of every operation on a platform, after it ended.</summary>
public interface ISnpObserver
{
    /// <summary>An operation ended.</summary>
    /// <param name="platform">The platform, as it is now.</param>
    /// <param name="operation">The operation.</param>
    void OnOperation(SnpPlatform platform, in SnpOperation operation);
}
