namespace GuestMemory;

/// <summary>How much the checker looks at after a step.</summary>
public enum CheckScope : byte
{
    /// <summary>What the step touched.</summary>
    Touched,

    /// <summary>The whole machine.</summary>
    Everything,
}
