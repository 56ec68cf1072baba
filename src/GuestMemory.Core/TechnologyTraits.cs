namespace GuestMemory;

/// <summary>What a kind of VM can do.</summary>
/// <param name="HasPrivateMemory">Guest frames may be private.</param>
/// <param name="HasSystemManagementMode">It has a second guest address space, where the host is built for it.</param>
/// <param name="PrivateBytesSurviveUnmap">A private page keeps its bytes when its translation goes (software, SNP: yes; TDX: no).</param>
/// <param name="SharedIsAnotherAddress">What a guest asks for is part of its address, so that a translation of the other kind is none for it (TDX: the SHARED bit). Default: no.</param>
public sealed record TechnologyTraits(
    bool HasPrivateMemory, bool HasSystemManagementMode, bool PrivateBytesSurviveUnmap, bool SharedIsAnotherAddress = false);
