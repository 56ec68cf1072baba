namespace GuestMemory.Rmp;

/// <summary>Where a stopped vCPU's registers lie: plain under SEV, under the guest's key from SEV-ES on.</summary>
/// <remarks>Two registers stand for all. Source: apm2, appendix B (places), 15.34 and 15.35.</remarks>
public sealed class SaveArea
{
    /// <summary>Where RIP lies.</summary>
    public const int RipOffset = 0x178;

    /// <summary>Where RAX lies.</summary>
    public const int RaxOffset = 0x1f8;

    private readonly SnpPlatform _platform;
    private readonly SevProfile _profile;
    private readonly Asid _asid;

    /// <summary>A save area in a page.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="profile">The technology.</param>
    /// <param name="asid">The guest.</param>
    /// <param name="page">The page.</param>
    public SaveArea(SnpPlatform platform, SevProfile profile, Asid asid, Pfn page)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(profile);
        _platform = platform;
        _profile = profile;
        _asid = asid;
        Page = page;
    }

    /// <summary>The page.</summary>
    public Pfn Page { get; }

    private ContentKey Key => _profile.ProtectsRegisters ? _platform.Keys[_asid] : ContentKey.None;

    /// <summary>#VMEXIT: the processor saves the registers.</summary>
    /// <param name="rip">The instruction pointer.</param>
    /// <param name="rax">RAX.</param>
    public void Save(ulong rip, ulong rax)
    {
        _platform.Contents.Write(Page.Address + RipOffset, 8, rip, Key);
        _platform.Contents.Write(Page.Address + RaxOffset, 8, rax, Key);
    }

    /// <summary>VMRUN: the processor loads them as they lie there now.</summary>
    /// <returns>RIP and RAX.</returns>
    public (ulong Rip, ulong Rax) Load() =>
        (_platform.Contents.Read(Page.Address + RipOffset, 8, Key), _platform.Contents.Read(Page.Address + RaxOffset, 8, Key));
}
