namespace GuestMemory.Testing;

/// <summary>Where a replay stands in a recording.</summary>
internal enum ReplayPhase
{
    /// <summary>The recorded system is not known yet.</summary>
    BeforeMeta,

    /// <summary>No case has started.</summary>
    BeforeCase,

    /// <summary>Operations are applied.</summary>
    InCase,

    /// <summary>Nothing is applied up to the next case.</summary>
    CaseDropped,

    /// <summary>Nothing is applied up to the end.</summary>
    FileDropped,
}
