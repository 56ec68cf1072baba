namespace GuestMemory;

/// <summary>How a step of an <see cref="IStepSystem"/> ended.</summary>
public enum StepVerdict : byte
{
    /// <summary>It was made.</summary>
    Done,

    /// <summary>A rule refused it. Nothing changed but the residue the rule declares.</summary>
    Refused,

    /// <summary>It came to no end and will be tried again by the same actor: a fault to be taken anew, a busy answer. A circle of these alone is a livelock.</summary>
    Retry,
}
