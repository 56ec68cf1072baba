namespace GuestMemory.Testing;

/// <summary>How making a step ended for the walk.</summary>
internal enum StepEnd : byte
{
    /// <summary>The walk goes on, whatever the system answered.</summary>
    GoesOn,

    /// <summary>An invariant or property broke: the walk is over.</summary>
    Breaks,

    /// <summary>The sources do not say what happens: the step is left out. The system must be restored.</summary>
    OutsideModel,
}
