namespace GuestMemory.Kvm;

/// <summary>How one version of the kernel behaves, where versions differ. A value: code asks it and never a version number.</summary>
/// <remarks>Which value was recorded for which version and which is interpolated: docs/model-boundary.md, MB-2.</remarks>
public sealed record KernelProfile
{
    /// <summary>The version's name.</summary>
    public required string Name { get; init; }

    /// <summary>guest_memfd knows the flags MMAP and INIT_SHARED, and slots over it may be served wholly by the file.</summary>
    public required bool MapsGuestMemfd { get; init; }

    /// <summary>A slot of an ordinary VM may have a guest_memfd.</summary>
    public required bool GuestMemfdInAnyVm { get; init; }

    /// <summary>What binding a file page twice answers.</summary>
    public required Errno BindingOverlap { get; init; }

    /// <summary>Binding refuses an offset and size whose sum leaves 63 bits, instead of computing with the overflow.</summary>
    public required bool ChecksBindingOverflow { get; init; }

    /// <summary>guest_memfd lies on a file system without execution, so that mapping it executable is EPERM before anything of the file is asked.</summary>
    public required bool GuestMemfdForbidsExecution { get; init; }

    /// <summary>The virtual file system knows FALLOC_FL_WRITE_ZEROES (0x80).</summary>
    public required bool KnowsWriteZeroes { get; init; }

    /// <summary>Deleting a slot ends the binding of a file whose last reference is gone. It did not when guest_memfd was first merged.</summary>
    public required bool UnbindsDyingFile { get; init; }

    /// <summary>Deleting or moving a slot drops every translation of every VM, not just of ordinary ones.</summary>
    public required bool SlotRemovalZapsAllVms { get; init; }

    /// <summary>KVM_PRE_FAULT_MEMORY exists.</summary>
    public required bool HasPreFault { get; init; }

    /// <summary>Pre-fault on a root that a slot removal made obsolete never returns.</summary>
    public required bool PreFaultLoopsOnObsoleteRoot { get; init; }

    /// <summary>guest_memfd as first merged (6.8): not recorded.</summary>
    public static KernelProfile Linux6Dot8 { get; } = new()
    {
        Name = "6.8",
        MapsGuestMemfd = false,
        GuestMemfdInAnyVm = false,
        BindingOverlap = Errno.EINVAL,
        ChecksBindingOverflow = false,
        GuestMemfdForbidsExecution = false,
        KnowsWriteZeroes = false,
        UnbindsDyingFile = false,
        SlotRemovalZapsAllVms = true,
        HasPreFault = false,
        PreFaultLoopsOnObsoleteRoot = false,
    };

    /// <summary>6.12.107, recorded.</summary>
    public static KernelProfile Linux6Dot12 { get; } = Linux6Dot8 with
    {
        Name = "6.12",
        UnbindsDyingFile = true,
        SlotRemovalZapsAllVms = false,
        HasPreFault = true,
        PreFaultLoopsOnObsoleteRoot = true,
    };

    /// <summary>6.18.44, recorded for files, mappings and slots of ordinary VMs.</summary>
    public static KernelProfile Linux6Dot18 { get; } = Linux6Dot12 with
    {
        Name = "6.18",
        MapsGuestMemfd = true,
        GuestMemfdInAnyVm = true,
        GuestMemfdForbidsExecution = true,
        KnowsWriteZeroes = true,
        PreFaultLoopsOnObsoleteRoot = false,
    };

    /// <summary>7.3.4, recorded: the reference.</summary>
    public static KernelProfile Linux7Dot3 { get; } = Linux6Dot18 with
    {
        Name = "7.3",
        BindingOverlap = Errno.EEXIST,
        ChecksBindingOverflow = true,
    };

    /// <summary>All of them, oldest first.</summary>
    public static IReadOnlyList<KernelProfile> All { get; } = [Linux6Dot8, Linux6Dot12, Linux6Dot18, Linux7Dot3];

    /// <summary>Finds the profile of a kernel release, by its first two numbers.</summary>
    /// <param name="release">Such as 6.12.107 or 7.3.4-rc1.</param>
    /// <exception cref="FormatException">No profile is of that version.</exception>
    public static KernelProfile ForRelease(string release)
    {
        ArgumentNullException.ThrowIfNull(release);
        var parts = release.Split('.');
        var version = parts.Length >= 2 ? $"{parts[0]}.{new string([.. parts[1].TakeWhile(char.IsAsciiDigit)])}" : release;
        foreach (var profile in All)
        {
            if (profile.Name == version)
            {
                return profile;
            }
        }

        throw new FormatException($"kernel {release}: there is no profile of it; there are {string.Join(", ", All.Select(profile => profile.Name))}");
    }

    /// <summary>"Linux 7.3".</summary>
    public override string ToString() => $"Linux {Name}";
}
