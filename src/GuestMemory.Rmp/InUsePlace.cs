namespace GuestMemory.Rmp;

/// <summary>Where FAIL_INUSE stands among the checks of RMPUPDATE and PSMASH; the manual does not say.</summary>
public enum InUsePlace
{
    /// <summary>After coverage, before Immutable.</summary>
    AfterCoverage,

    /// <summary>After every other check.</summary>
    Last,
}
