namespace GuestMemory.Kvm;

/// <content>VMs, slots and attributes.</content>
public sealed partial class KvmHost
{
    private static readonly Rule s_vmType = new("KVM_CREATE_VM/type", "kvm-api, KVM_CREATE_VM", "a kind of VM the host cannot run", CheckClass.Encoding);
    private static readonly Rule s_notVm = new("ioctl/not-this-file", "posix, ioctl", "a call on a file that does not know it", CheckClass.Encoding);
    private static readonly Rule s_vcpuExists = new("KVM_CREATE_VCPU/exists", "kvm-api, KVM_CREATE_VCPU", "two vCPUs of one number");
    private static readonly Rule s_bindingOverlap = new("KVM_SET_USER_MEMORY_REGION2/file-overlap", "kvm-recordings, FINDINGS 16", "one file page at two guest frames", CheckClass.Security);
    private static readonly Rule s_logSlot = new("KVM_GET_DIRTY_LOG/slot-id", "kvm-recordings, p13 dirty_plain", "an id beyond the table", CheckClass.Encoding);
    private static readonly Rule s_noLog = new("KVM_GET_DIRTY_LOG/no-log", "kvm-recordings, p13 dirty_plain", "a log nobody keeps");
    private static readonly Rule s_unknownCapability = new("KVM_ENABLE_CAP/unknown", "kvm-api, KVM_ENABLE_CAP", "switching on what is not there", CheckClass.Encoding);

    internal static Rule PutsFile { get; } = new("KVM_SET_USER_MEMORY_REGION2/put-file", "guest-memfd, binding", "a file that is never released, and with it its VM");

    /// <summary>KVM_CREATE_VM.</summary>
    /// <param name="type">The VM type's number.</param>
    /// <returns>The VM's descriptor, or EINVAL.</returns>
    public KvmResult CreateVm(ulong type)
    {
        if (IsShort(s_noVm, out var shortage))
        {
            return Return(StepCall.CreateVm, shortage, type);
        }

        var technology = type < 64 && (Host.VmTypes >> (int)type & 1) != 0 ? Machine.FindTechnology(type) : null;
        if (technology is null)
        {
            return Return(StepCall.CreateVm, new(Errno.EINVAL, s_vmType), type);
        }

        var vm = Machine.CreateVm(technology);
        return Return(StepCall.CreateVm, KvmResult.Of((ulong)Descriptors.Open(new(OpenFileKind.Vm, vm.Id.Value))), type);
    }

    /// <summary>KVM_CREATE_VCPU, number 0.</summary>
    /// <param name="vm">The VM's descriptor.</param>
    /// <returns>The vCPU's descriptor.</returns>
    public KvmResult CreateVcpu(int vm)
    {
        if (!TryGetVm(vm, out var machine, out var refusal))
        {
            return refusal;
        }

        var guest = GuestOf(machine.Id);
        if (IsShort(s_noVcpu, out refusal))
        {
            return Return(StepCall.CreateVcpu, refusal);
        }

        if (guest.HasVcpu)
        {
            return Return(StepCall.CreateVcpu, new(Errno.EEXIST, s_vcpuExists));
        }

        guest.HasVcpu = true;
        return Return(StepCall.CreateVcpu, KvmResult.Of((ulong)Descriptors.Open(new(OpenFileKind.Vcpu, machine.Id.Value))));
    }

    /// <summary>Whether a VM has its vCPU.</summary>
    /// <param name="descriptor">The VM's or vCPU's descriptor.</param>
    public bool HasVcpu(int descriptor) => VmOf(descriptor) is { } vm && GuestOf(vm.Id).HasVcpu;

    /// <summary>The VM behind a VM's or vCPU's descriptor.</summary>
    /// <param name="descriptor">The descriptor.</param>
    public VirtualMachine? VmOf(int descriptor) =>
        Descriptors.TryGet(descriptor, out _, out var file) && file.Kind is OpenFileKind.Vm or OpenFileKind.Vcpu
            ? Machine.VirtualMachine(new((ushort)file.Object))
            : null;

    /// <summary>KVM_CREATE_GUEST_MEMFD.</summary>
    /// <param name="vm">The VM's descriptor.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="flags">GUEST_MEMFD_FLAG_* bits.</param>
    /// <returns>The file's descriptor.</returns>
    public KvmResult CreateGuestMemfd(int vm, ulong size, ulong flags)
    {
        if (!TryGetVm(vm, out var machine, out var refusal))
        {
            return refusal;
        }

        var call = new GuestMemfdCall { Size = size, Flags = flags, KnownFlags = GuestMemfdFlags(machine) };
        var check = GuestMemfdRules.Checks.Decide(ref call, Machine.Options.Rules);
        if (check is not null)
        {
            return Return(StepCall.CreateGuestMemfd, KvmResult.Refused(check), size);
        }

        if (IsShort(s_noGuestMemfd, out refusal))
        {
            return Return(StepCall.CreateGuestMemfd, refusal, size);
        }

        var plain = (flags & GuestMemfdRules.Mmap) != 0 ? BackingProperties.MappableGuestMemfd : BackingProperties.GuestMemfd;
        var properties = plain with { LargestOrder = Host.GuestMemfdLargestOrder };
        var kind = (flags & GuestMemfdRules.InitShared) != 0 ? PageKind.Shared : PageKind.Private;
        var file = Machine.OpenFile(machine.Id, Machine.CreateStore(properties, size, kind));
        return Return(StepCall.CreateGuestMemfd, KvmResult.Of((ulong)Descriptors.Open(new(OpenFileKind.GuestMemfd, file.Id))), size);
    }

    /// <summary>KVM_SET_USER_MEMORY_REGION2.</summary>
    /// <param name="vm">The VM's descriptor.</param>
    /// <param name="region">The argument.</param>
    public KvmResult SetUserMemoryRegion2(int vm, in MemoryRegion region) => SetRegion(vm, region, isFirstVersion: false);

    /// <summary>KVM_SET_USER_MEMORY_REGION.</summary>
    /// <param name="vm">The VM's descriptor.</param>
    /// <param name="region">The argument; its guest_memfd fields are not part of it.</param>
    public KvmResult SetUserMemoryRegion(int vm, in MemoryRegion region) => SetRegion(vm, region, isFirstVersion: true);

    /// <summary>KVM_SET_MEMORY_ATTRIBUTES.</summary>
    /// <param name="vm">The VM's descriptor.</param>
    /// <param name="address">First byte of guest memory.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="attributes">The attributes; 8 is private.</param>
    /// <param name="flags">None is defined.</param>
    public KvmResult SetMemoryAttributes(int vm, ulong address, ulong size, ulong attributes, ulong flags = 0)
    {
        if (!TryGetVm(vm, out var machine, out var refusal))
        {
            return refusal;
        }

        var call = new MemoryAttributesCall
        {
            Address = address, Size = size, Attributes = attributes, Flags = flags,
            KnownAttributes = KnownAttributes(machine), IsBuiltIn = Host.MemoryAttributes,
        };
        var check = MemoryAttributesRules.Checks.Decide(ref call, Machine.Options.Rules);
        if (check is not null)
        {
            return Return(StepCall.SetMemoryAttributes, KvmResult.Refused(check), address);
        }

        var set = machine.SetAttributes(new(new(address >> 12), size >> 12), (MemoryAttributes)attributes);
        var errno = set.DecidedBy is CoreRule { Status: CoreStatus.OutOfFrames or CoreStatus.NoMemory } ? Errno.ENOMEM : Errno.EIO;
        return Return(StepCall.SetMemoryAttributes, set.IsSuccess ? default : KvmResult.Refused(set, errno), address);
    }

    /// <summary>KVM_GET_DIRTY_LOG: which pages of a slot were written since it was last asked; the log starts anew.</summary>
    /// <param name="vm">The VM's descriptor.</param>
    /// <param name="slot">Bits 15:0 the id, 31:16 the address space.</param>
    /// <param name="dirty">Set to whether each page was written, from the slot's first; longer than the slot is false.</param>
    public KvmResult GetDirtyLog(int vm, uint slot, Span<bool> dirty)
    {
        if (!TryGetVm(vm, out var machine, out var refusal))
        {
            return refusal;
        }

        if ((slot & 0xffff) >= MemoryRegionRules.UserSlots || slot >> 16 >= AddressSpaces(machine))
        {
            return new(Errno.EINVAL, s_logSlot);
        }

        var found = machine.Slots.FindById((int)(slot & 0xffff), (int)(slot >> 16));
        if (found is null || !found.LogsDirtyPages)
        {
            return new(Errno.ENOENT, s_noLog);
        }

        dirty.Clear();
        foreach (var run in found.DirtyRuns)
        {
            var start = (int)Math.Min(run.Start, (ulong)dirty.Length);
            dirty[start..(int)Math.Min(run.End, (ulong)dirty.Length)].Fill(true);
            machine.WriteProtect(new(found.Gfns.Start + run.Start, run.Length));
        }

        found.ClearDirty();
        return default;
    }

    /// <summary>KVM_CHECK_EXTENSION on a VM, or on /dev/kvm.</summary>
    /// <param name="descriptor">The VM's descriptor, or <see cref="SystemDescriptor"/>.</param>
    /// <param name="capability">The capability's number.</param>
    /// <returns>The answer; EBADF, or ENOTTY for a file that is neither.</returns>
    public KvmResult CheckExtension(int descriptor, int capability)
    {
        VirtualMachine? machine = null;
        var isSystem = Descriptors.TryGet(descriptor, out _, out var file) && file.Kind == OpenFileKind.System;
        return isSystem || TryGetVm(descriptor, out machine, out var refusal)
            ? KvmResult.Of(Capabilities.Answer(this, machine, capability))
            : refusal;
    }

    /// <summary>KVM_ENABLE_CAP on a VM: KVM_CAP_EXIT_HYPERCALL (201) only.</summary>
    /// <param name="vm">The VM's descriptor.</param>
    /// <param name="capability">The capability's number.</param>
    /// <param name="argument">Bit mask of hypercalls that leave to the VMM; bit 12 is KVM_HC_MAP_GPA_RANGE.</param>
    public KvmResult EnableCapability(int vm, int capability, ulong argument)
    {
        if (!TryGetVm(vm, out var machine, out var refusal))
        {
            return refusal;
        }

        if (capability != Capabilities.ExitHypercall || (argument & ~Capabilities.ExitHypercallMask) != 0)
        {
            return new(Errno.EINVAL, s_unknownCapability);
        }

        GuestOf(machine.Id).ExitHypercalls = argument;
        return default;
    }

    /// <summary>KVM_MEMORY_ENCRYPT_OP: one of the VM's technology's own commands.</summary>
    /// <param name="vm">The VM's descriptor.</param>
    /// <param name="command">The command's number.</param>
    /// <param name="data">Its argument block, read and written.</param>
    /// <returns>The technology's status as an errno: its code is one.</returns>
    public KvmResult MemoryEncryptOp(int vm, uint command, Span<byte> data)
    {
        if (!TryGetVm(vm, out var machine, out var refusal))
        {
            return refusal;
        }

        var outcome = machine.Technology.Command(machine, command, data);
        return Return(StepCall.MemoryEncryptOp, new((Errno)outcome.Code, outcome.DecidedBy, outcome.Info), command);
    }

    internal int AddressSpaces(VirtualMachine vm) => Host.SystemManagementMode && vm.Technology.Traits.HasSystemManagementMode ? 2 : 1;

    internal ulong GuestMemfdFlags(VirtualMachine? vm)
    {
        if (!Profile.MapsGuestMemfd)
        {
            return 0;
        }

        return vm is { Technology.Traits.HasPrivateMemory: true } ? GuestMemfdRules.Mmap : GuestMemfdRules.Mmap | GuestMemfdRules.InitShared;
    }

    internal ulong KnownAttributes(VirtualMachine? vm) =>
        Host.MemoryAttributes && vm is not { Technology.Traits.HasPrivateMemory: false } ? (ulong)MemoryAttributes.Private : 0;

    internal bool MayHaveGuestMemfd(VirtualMachine? vm) =>
        Profile.GuestMemfdInAnyVm || vm is not { Technology.Traits.HasPrivateMemory: false };

    /// <summary>What a slot move leaves that is refused for the addresses' width.</summary>
    public static PartialEffect MovePartialEffect { get; } = new(
        "KVM_SET_USER_MEMORY_REGION2", "a move is refused because no guest address can name the new place",
        "the slot's translations are gone, and remembered device memory is of an older generation", "kvm-main, slot moves");

    private KvmResult SetRegion(int vm, in MemoryRegion region, bool isFirstVersion)
    {
        if (!TryGetVm(vm, out var machine, out var refusal))
        {
            return refusal;
        }

        var call = Gather(machine, region, isFirstVersion);
        var check = MemoryRegionRules.Arguments.Decide(ref call, Machine.Options.Rules);
        if (check is null && !call.Deletes)
        {
            check = MemoryRegionRules.Changes.Decide(ref call, Machine.Options.Rules);
        }

        if (check == MemoryRegionRules.GpaLimit && call.Moves)
        {
            InvalidateRefusedMove(call);
        }

        // The reference that the look-up took is given back, whatever the call comes to.
        if (check == MemoryRegionRules.BeyondFile && Machine.Options.Rules.IsOff(PutsFile) && Descriptors.TryGet(region.GuestMemfd, out var number, out _))
        {
            Descriptors.LoseReference(number);
        }

        var result = check is not null ? KvmResult.Refused(check) : IsShort(call, out var shortage) ? shortage : Commit(call);
        return Return(StepCall.SetUserMemoryRegion, result, region.Slot);
    }

    private MemoryRegionCall Gather(VirtualMachine vm, in MemoryRegion region, bool isFirstVersion)
    {
        var call = new MemoryRegionCall
        {
            Region = region, IsFirstVersion = isFirstVersion, Vm = vm, Profile = Profile,
            AddressSpaces = AddressSpaces(vm), MayHaveGuestMemfd = MayHaveGuestMemfd(vm), GfnLimit = 1UL << (Host.GpaWidth - 12),
        };
        call.Old = vm.Slots.FindById(call.Id, call.AddressSpace);
        if (call.WantsGuestMemfd && Descriptors.TryGet(region.GuestMemfd, out _, out var file))
        {
            call.File = file;
            if (file.Kind == OpenFileKind.GuestMemfd)
            {
                call.Backing = Machine.File(file.Object);
            }
        }

        return call;
    }

    private KvmResult Commit(in MemoryRegionCall call)
    {
        if (call.Deletes)
        {
            // There is one, unless the check that says so is switched off.
            return call.Old is null
                ? default
                : Changed(call.Vm, call.Vm.RemoveSlot(call.Old, Profile.UnbindsDyingFile, ZapsAll(call.Vm)), removes: true);
        }

        if (call.Creates)
        {
            if (call.WantsGuestMemfd && call.Backing is null)
            {
                throw new ModelInvariantException("I6", "a slot's private side is no file of private memory");
            }

            return Changed(call.Vm, call.Vm.AddSlot(LayoutOf(call), out _, Machine.Options.Rules.IsOff(s_bindingOverlap)), removes: false);
        }

        if (call.Moves)
        {
            return Changed(call.Vm, call.Vm.MoveSlot(call.Old!, call.Gfns, ZapsAll(call.Vm)), removes: true);
        }

        if (call.Region.Flags == (ulong)call.Old!.Layout.Flags)
        {
            return default;
        }

        call.Vm.ChangeSlotFlags(call.Old, (MemslotFlags)call.Region.Flags);
        return Changed(call.Vm, Outcome.Success, removes: false);
    }

    // The kernel takes the old slot out of use before it asks whether the new place is possible, and puts it back when not.
    private void InvalidateRefusedMove(in MemoryRegionCall call)
    {
        call.Vm.InvalidateSlot(call.Old!, ZapsAll(call.Vm));
        Changed(call.Vm, Outcome.Success, removes: true);
    }

    private MemslotLayout LayoutOf(in MemoryRegionCall call) => new(
        call.Id, call.AddressSpace, call.Gfns, (MemslotFlags)call.Region.Flags, Process.Id.Number, call.Region.UserspaceAddress >> 12,
        call.Backing?.Id ?? -1, new(call.Region.GuestMemfdOffset >> 12), call.Backing is { Store.Properties.SingleSided: true });

    private KvmResult Changed(VirtualMachine vm, Outcome outcome, bool removes)
    {
        if (!outcome.IsSuccess)
        {
            return (CoreStatus)outcome.Code == CoreStatus.Overlap
                ? new(Profile.BindingOverlap, s_bindingOverlap)
                : KvmResult.Refused(outcome, Errno.EBUSY);
        }

        var guest = GuestOf(vm.Id);
        guest.Generation++;
        if (removes && ZapsAll(vm))
        {
            guest.ZapAll();
        }

        return default;
    }

    private bool ZapsAll(VirtualMachine vm) => Profile.SlotRemovalZapsAllVms || !vm.Technology.Traits.HasPrivateMemory;

    private bool TryGetVm(int descriptor, out VirtualMachine vm, out KvmResult refusal)
    {
        vm = null!;
        refusal = default;
        if (!Descriptors.TryGet(descriptor, out _, out var file))
        {
            refusal = new(Errno.EBADF, s_badDescriptor);
            return false;
        }

        if (file.Kind != OpenFileKind.Vm)
        {
            refusal = new(Errno.ENOTTY, s_notVm);
            return false;
        }

        // A VM whose memory failed answers EIO to every call from then on.
        vm = Machine.VirtualMachine(new((ushort)file.Object));
        refusal = vm.IsDead ? new(Errno.EIO, CoreRules.GuestDead) : default;
        return !vm.IsDead;
    }
}
