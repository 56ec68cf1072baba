namespace GuestMemory.Rmp;

/// <summary>One step of a scene.</summary>
/// <param name="Text">The operation and its operands.</param>
/// <param name="Actor">Who makes it.</param>
/// <param name="Make">Makes it.</param>
/// <param name="IsOffered">Whether it is worth making; <see langword="null"/> for always.</param>
internal sealed record SnpMove(string Text, SnpActor Actor, Func<SnpSceneWorld, Outcome> Make, Func<SnpSceneWorld, bool>? IsOffered = null);
