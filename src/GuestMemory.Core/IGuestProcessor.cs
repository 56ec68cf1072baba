namespace GuestMemory;

/// <summary>What the vCPUs of a technology do that plain ones do not: enter by checks of their own, keep bytes under a key, answer their faults, run instructions of their own.</summary>
/// <remarks>Implementations hold no state of a VM. What a technology leaves out is done as for a plain vCPU.</remarks>
public interface IGuestProcessor
{
    /// <summary>The key a VM's private bytes are kept under. Default: none.</summary>
    /// <param name="vm">The VM.</param>
    ContentKey KeyOf(VirtualMachine vm) => ContentKey.None;

    /// <summary>A vCPU is about to run. Default: it may.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="vcpu">The vCPU.</param>
    /// <returns>Success; why it cannot, as the exit tells it; or, in <see cref="Lane.Exit"/>, the errno the call ends with.</returns>
    Outcome Enter(VirtualMachine vm, int vcpu) => Outcome.Success;

    /// <summary>A vCPU that entered left. Default: nothing.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="vcpu">The vCPU.</param>
    void Leave(VirtualMachine vm, int vcpu)
    {
    }

    /// <summary>The VMM asks for pages before the guest touches them (KVM_PRE_FAULT_MEMORY). Default: it may.</summary>
    /// <param name="vm">The VM.</param>
    /// <returns>Success, or why it may not yet.</returns>
    Outcome PreFault(VirtualMachine vm) => Outcome.Success;

    /// <summary>The ownership table denied an access through a translation that is there. Default: that ends the run.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="gfn">The frame accessed.</param>
    /// <param name="kind">The kind the access wants.</param>
    /// <param name="fault">What the table answered.</param>
    FaultResolution Resolve(VirtualMachine vm, Gfn gfn, PageKind kind, in Outcome fault) => FaultResolution.Fails;

    /// <summary>A vCPU executes an instruction of the technology, or calls its hypervisor by one.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="function">Which; the technology's own numbers.</param>
    /// <param name="registers">Operands, and results.</param>
    GuestCallAnswer Call(VirtualMachine vm, int vcpu, uint function, Span<ulong> registers);

    /// <summary>The VMM answers the exit a call made; the call goes on.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="answer">The completion value; 0 is success.</param>
    /// <returns>The next exit, or the end of the call with what the guest reads.</returns>
    GuestCallAnswer Complete(VirtualMachine vm, int vcpu, ulong answer);
}
