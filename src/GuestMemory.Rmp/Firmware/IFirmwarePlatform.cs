namespace GuestMemory.Rmp;

/// <summary>What the firmware reaches of the platform it runs on.</summary>
internal interface IFirmwarePlatform
{
    /// <summary>The Reverse Map Table.</summary>
    ReverseMapTable Table { get; }

    /// <summary>The memory's bytes.</summary>
    FrameContents Contents { get; }

    /// <summary>The memory controller's keys.</summary>
    EncryptionKeys Keys { get; }

    /// <summary>The firmware itself.</summary>
    SnpFirmware Firmware { get; }

    /// <summary>The open points.</summary>
    SnpSwitches Switches { get; }

    /// <summary>Which rules are off.</summary>
    RuleSwitches Rules { get; }

    /// <summary>Whether SEV-SNP is on.</summary>
    bool IsOn { get; set; }

    /// <summary>The page VM_HSAVE_PA names.</summary>
    Pfn? HsavePage { get; }

    /// <summary>Ends translations and cached checks of frames in every processor.</summary>
    void InvalidateTranslations(PfnRange frames);

    /// <summary>Tells that a command ended.</summary>
    void Emit(in SnpOperation operation);
}
