namespace GuestMemory.Tdx;

/// <summary>What a vCPU's control structures say.</summary>
internal readonly record struct VcpuFacts(Pfn Tdvpr, int ControlPages, bool IsInitialized, int? Processor, ulong Epoch, bool IsInside)
{
    public static VcpuFacts Of(TdVcpu vcpu) => new(vcpu.Tdvpr, vcpu.ControlPages.Count, vcpu.IsInitialized, vcpu.Processor, vcpu.Epoch, vcpu.IsInside);

    public override string ToString() => $"vCPU {Tdvpr}";
}
