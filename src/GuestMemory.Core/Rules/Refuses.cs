namespace GuestMemory;

/// <summary>A check's predicate: whether the call is refused. It reads the call and changes nothing but values it caches there.</summary>
/// <typeparam name="TCall">Everything the call's checks read, gathered once.</typeparam>
/// <param name="call">The call.</param>
/// <returns><see langword="true"/> when the call is refused by this check.</returns>
public delegate bool Refuses<TCall>(ref TCall call)
    where TCall : allows ref struct;
