namespace GuestMemory;

/// <summary>Writes one value of a run as canonical bytes.</summary>
/// <typeparam name="TValue">The value's type.</typeparam>
/// <param name="writer">Where to.</param>
/// <param name="value">The value.</param>
public delegate void WritesValue<TValue>(ref StateWriter writer, in TValue value);
