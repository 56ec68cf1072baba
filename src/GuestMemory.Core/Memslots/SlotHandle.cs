using System.Globalization;

namespace GuestMemory;

/// <summary>One slot object of a VM, by its place in the VM's slot table. Not the id a VMM names it by.</summary>
/// <param name="Number">The place; 0 is the first.</param>
public readonly record struct SlotHandle(int Number)
{
    /// <summary>"slot object 3".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"slot object {Number}");
}
