namespace GuestMemory.Kvm;

/// <summary>What one party read that it must not.</summary>
[Flags]
internal enum CallBreach : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A private page gave its guest something else than it wrote there.</summary>
    PrivateRead = 1,

    /// <summary>A private page's bytes were read through shared memory.</summary>
    PrivateLeak = 2,

    /// <summary>Another guest's bytes were read through shared memory.</summary>
    SharedRead = 4,
}
