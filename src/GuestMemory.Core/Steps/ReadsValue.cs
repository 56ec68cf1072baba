namespace GuestMemory;

/// <summary>Reads one value of a run from canonical bytes.</summary>
/// <typeparam name="TValue">The value's type.</typeparam>
/// <param name="reader">Where from.</param>
public delegate TValue ReadsValue<TValue>(ref StateReader reader);
