namespace GuestMemory.Rmp;

/// <summary>The systems of AMD's processors that can be searched.</summary>
public static class SnpSystems
{
    /// <summary>SEV-SNP: guests, their host, the table between them, and the firmware.</summary>
    public static IStepSystemSource Snp { get; } = new SnpSystemSource();

    /// <summary>SEV and SEV-ES: the same without the table. What breaks there is expected; the properties say what.</summary>
    public static IStepSystemSource Sev { get; } = new SevSystemSource();
}
