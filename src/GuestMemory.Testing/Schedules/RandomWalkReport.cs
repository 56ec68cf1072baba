namespace GuestMemory.Testing;

/// <summary>What random walks came to.</summary>
/// <param name="Walks">Walks made, the breaking one included.</param>
/// <param name="Steps">Steps made.</param>
/// <param name="Refused">Steps a rule refused.</param>
/// <param name="Outside">Walks that ended where the model does not decide.</param>
/// <param name="Counterexample">What broke, without the steps it does not need; <see langword="null"/> for nothing.</param>
public sealed record RandomWalkReport(int Walks, long Steps, long Refused, long Outside, Counterexample? Counterexample);
