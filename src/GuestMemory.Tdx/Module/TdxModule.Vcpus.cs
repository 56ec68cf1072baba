namespace GuestMemory.Tdx;

/// <content>What ends a vCPU's run. Beginning one is a call (TDH.VP.ENTER).</content>
public sealed partial class TdxModule
{
    /// <summary>A vCPU leaves its TD, whatever the reason. It stays associated with its logical processor.</summary>
    /// <param name="tdvpr">Its root page.</param>
    /// <exception cref="ArgumentException">The page is no vCPU's root.</exception>
    /// <exception cref="InvalidOperationException">The vCPU is not inside.</exception>
    public void Exit(Pfn tdvpr)
    {
        var vcpu = FindVcpu(tdvpr) ?? throw new ArgumentException($"{tdvpr} is no vCPU's root page.", nameof(tdvpr));
        if (!vcpu.IsInside)
        {
            throw new InvalidOperationException($"{vcpu} is not inside.");
        }

        vcpu.Td.AddReference(vcpu.Epoch, -1);
        vcpu.IsInside = false;
        Observer?.OnOperation(this, new(TdxOperationKind.VcpuExit, default, tdvpr, default, default));
    }
}
