namespace GuestMemory;

/// <summary>What Core does about unmap-before-convert itself.</summary>
public enum Enforcement : byte
{
    /// <summary>A step that would break the rule is refused and names the mapper.</summary>
    Enforce,

    /// <summary>The step goes through; the invariant checker and the hardware's own rule show what happens.</summary>
    Observe,
}
