namespace GuestMemory;

/// <summary>The steps of a guest fault, in order.</summary>
public enum FaultStage : byte
{
    /// <summary>Find the slot and take the sample.</summary>
    Sample,

    /// <summary>Compare the wanted kind with the attribute.</summary>
    CheckKind,

    /// <summary>Get the page from the slot's side.</summary>
    TakePage,

    /// <summary>Have the frame made ready.</summary>
    Prepare,

    /// <summary>Map, or start again.</summary>
    Map,

    /// <summary>Over.</summary>
    Over,
}
