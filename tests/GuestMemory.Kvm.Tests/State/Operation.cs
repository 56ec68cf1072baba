using System.Globalization;

namespace GuestMemory.Kvm.Tests.State;

/// <summary>One call, by number, with small numbers for its arguments: what they mean is up to <see cref="OperationHost"/>.</summary>
internal readonly record struct Operation(int Call, int A, int B, int C)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{OperationHost.NameOf(Call)}({A}, {B}, {C})");
}
