using System.Globalization;

namespace GuestMemory;

/// <summary>One cached translation of one vCPU.</summary>
/// <param name="Vcpu">The vCPU.</param>
/// <param name="Gfn">The input frame.</param>
/// <param name="Translation">Its translation when it was cached.</param>
public readonly record struct CachedTranslation(int Vcpu, Gfn Gfn, Translation Translation)
{
    /// <summary>The entry in words.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"vCPU {Vcpu}: {Gfn} to {Translation}");
}
