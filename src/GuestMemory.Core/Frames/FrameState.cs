namespace GuestMemory;

/// <summary>Where a frame stands with the pool.</summary>
public enum FrameState : byte
{
    /// <summary>In the pool. The default of every frame but frame 0.</summary>
    Free,

    /// <summary>Given out.</summary>
    InUse,

    /// <summary>Given back by its holder, kept out of the pool by a pin.</summary>
    Deferred,

    /// <summary>Lost on purpose: it could not be made safe, so nobody gets it again.</summary>
    Leaked,

    /// <summary>Broken; never given out again.</summary>
    Poisoned,
}
