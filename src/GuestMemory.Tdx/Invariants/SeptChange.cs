namespace GuestMemory.Tdx;

/// <summary>An entry of a TD's Secure EPT that an operation changed; what is not there is free.</summary>
internal readonly record struct SeptChange(Pfn Tdr, Gfn Gfn, SeptLevel Level, SeptEntry Old, SeptEntry Now)
{
    /// <summary>Whether anything but the host's priority changed.</summary>
    public bool IsMoreThanPriority => Old.WithHostPriority(false) != Now.WithHostPriority(false);

    public override string ToString() => $"{Gfn}, {Level} of TD {Tdr}";
}
