namespace GuestMemory.Kvm.Tests.Calls;

/// <summary>One thing wrong with a region, in the order the kernel notices.</summary>
/// <param name="Rule">The point of the check that notices.</param>
/// <param name="Field">What it puts a value in; two of one field can only be wrong at once when one merely adds low bits.</param>
/// <param name="AddsBits">It makes the field unaligned and leaves the rest of its value.</param>
/// <param name="Apply">Makes it wrong.</param>
internal sealed record Fault(string Rule, char Field, bool AddsBits, Func<MemoryRegion, MemoryRegion> Apply)
{
    public string Id => $"KVM_SET_USER_MEMORY_REGION2/{Rule}";

    /// <summary>Whether both can be wrong in one region.</summary>
    public bool GoesWith(Fault other) => Field != other.Field || (AddsBits != other.AddsBits);

    /// <summary>A region with both wrong.</summary>
    public MemoryRegion With(Fault other, in MemoryRegion region) => AddsBits ? Apply(other.Apply(region)) : other.Apply(Apply(region));
}
