namespace GuestMemory.Rmp;

/// <summary>What the public documents leave open, each point one switch; the defaults are this model's choices (docs/model-boundary.md, MB-25 to MB-59).</summary>
public sealed record SnpSwitches
{
    /// <summary>The defaults.</summary>
    public static SnpSwitches Default { get; } = new();

    /// <summary>How many privilege levels the processor implements, 1 to 4. Default 4.</summary>
    public int ImplementedVmpls { get; init; } = Vmpl.Count;

    /// <summary>Where FAIL_INUSE stands (MB-25).</summary>
    public InUsePlace InUsePlace { get; init; } = InUsePlace.AfterCoverage;

    /// <summary>RMPUPDATE of 2M refuses a guest address that is not 2M aligned. Default: yes (MB-26).</summary>
    public bool RefusesUnalignedLargeGpa { get; init; } = true;

    /// <summary>RMPUPDATE of 2M may go over a live 2M page at the same place. Default: yes (MB-27).</summary>
    public bool ReplacesLargePages { get; init; } = true;

    /// <summary>Largest ASID RMPUPDATE takes; <see langword="null"/> for every 32-bit number, the default (MB-28).</summary>
    public uint? LargestAsid { get; init; }

    /// <summary>What PSMASH answers for a page that cannot be smashed. Default 4; one list says 7 (MB-29).</summary>
    public RmpStatus PsmashRefusal { get; init; } = RmpStatus.FailBadAddress;

    /// <summary>What RMPADJUST answers to a target level that is not implemented. Default 1 (MB-30).</summary>
    public RmpStatus RmpAdjustUnknownVmpl { get; init; } = RmpStatus.FailInput;

    /// <summary>What RMPQUERY answers to a target level that is not implemented. Default 2 (MB-30).</summary>
    public RmpStatus RmpQueryUnknownVmpl { get; init; } = RmpStatus.FailPermission;

    /// <summary>Bits of a host page fault's error code beside bit 31. Default: present and write, as the order of checks implies (MB-31).</summary>
    public ulong HostFaultBits { get; init; } = FaultBits.Present | FaultBits.Write;

    /// <summary>A plain access through a mapping smaller than the entry sets SIZEM. Default: no (MB-32).</summary>
    public bool AccessSetsSizem { get; init; }

    /// <summary>VMPL supervisor shadow stack checks are on: a failed VMPL check shows mask bit 4 in the fault. Default: no (MB-33).</summary>
    public bool SupervisorShadowStacks { get; init; }

    /// <summary>VMRUN compares the save area's guest address with <see cref="VmsaGpa"/>. Default: no, the check passes (MB-34).</summary>
    public bool ChecksVmsaAddress { get; init; }

    /// <summary>The guest address a save area is bound to. Default: Linux's 0xFFFF_FFFF_F000.</summary>
    public Gpa VmsaGpa { get; init; } = new(0xffff_ffff_f000);

    /// <summary>A host mapping of 2M or more that collides with a 2M-aligned page in use faults on every write (the erratum). Default: no (MB-35).</summary>
    public bool LargeMappingErratum { get; init; }

    /// <summary>Writes of untrusted devices are checked as the host's. Default: yes (MB-36).</summary>
    public bool ChecksDeviceWrites { get; init; } = true;

    /// <summary>Ciphertext hiding: host reads of assigned guest pages give one constant. Default: no.</summary>
    public bool HidesCiphertext { get; init; }

    /// <summary>What host reads of hidden ciphertext give, a 64-bit pattern. Default: all ones (MB-37).</summary>
    public ulong HiddenCiphertext { get; init; } = ulong.MaxValue;

    /// <summary>Largest ASID of an SNP guest; above it are those of plain SEV. Default 509.</summary>
    public uint LargestSnpAsid { get; init; } = 509;

    /// <summary>How many sockets the machine has; a guest's policy can ask for one. Default 1.</summary>
    public int Sockets { get; init; } = 1;

    /// <summary>Checks the values.</summary>
    /// <returns>The same value.</returns>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public SnpSwitches Validated() => ImplementedVmpls is >= 1 and <= Vmpl.Count
        ? this
        : throw new ArgumentException($"{nameof(ImplementedVmpls)} is {ImplementedVmpls}; it must be 1 to {Vmpl.Count}.");
}
