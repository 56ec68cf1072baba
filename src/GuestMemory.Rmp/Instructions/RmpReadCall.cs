namespace GuestMemory.Rmp;

/// <summary>Everything RMPREAD's checks read.</summary>
public readonly ref struct RmpReadCall
{
    internal RmpReadCall(bool isCovered, in CpuState cpu, bool isOn)
    {
        IsCovered = isCovered;
        Cpu = cpu;
        IsOn = isOn;
    }

    /// <summary>The processor.</summary>
    public CpuState Cpu { get; }

    /// <summary>Whether SEV-SNP is on.</summary>
    public bool IsOn { get; }

    /// <summary>Whether the page has an entry.</summary>
    public bool IsCovered { get; }
}
