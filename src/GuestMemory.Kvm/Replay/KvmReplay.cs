using System.Globalization;
using System.Text;

namespace GuestMemory.Kvm;

/// <summary>Replays recordings of KVM: each recorded operation becomes the calls the recorder made.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed partial class KvmReplay : IReplaySystem
{
    private readonly MachineFactory _machines;
    private readonly Func<IStepObserver?>? _observers;
    private readonly Handles _vms = new();
    private readonly Handles _files = new();
    private readonly Handles _mappings = new();
    private RecordedHost? _recorded;
    private KvmHost? _kvm;

    /// <summary>Creates a replay on machines of the default options.</summary>
    public KvmReplay()
        : this(null)
    {
    }

    /// <summary>Creates a replay.</summary>
    /// <param name="options">What each case's machine is built with; <see langword="null"/> for the defaults.</param>
    /// <param name="observers">Makes the observer of each case's machine, an <see cref="InvariantChecker"/> say; <see langword="null"/> for none.</param>
    public KvmReplay(MachineOptions? options, Func<IStepObserver?>? observers = null)
    {
        _machines = new(options, [OrdinaryVm.Instance, SoftwareProtectedVm.Instance]);
        _observers = observers;
    }

    /// <inheritdoc/>
    public bool Understands(ReadOnlySpan<byte> environment) => environment.StartsWith("qemu-"u8) || environment.StartsWith("host-"u8);

    /// <inheritdoc/>
    public void Configure(ReadOnlySpan<byte> meta) => _recorded = RecordedHost.Read(meta);

    /// <inheritdoc/>
    public void StartCase()
    {
        var recorded = _recorded ?? throw new InvalidOperationException("No recording is configured.");
        _vms.Clear();
        _files.Clear();
        _mappings.Clear();
        _kvm = new(_machines.Create(_observers?.Invoke()), recorded.Profile, recorded.Host);
    }

    /// <inheritdoc/>
    public string DescribeState()
    {
        if (_kvm is null)
        {
            return "no case has begun";
        }

        var text = new StringBuilder().Append(_kvm.Profile).AppendLine();
        foreach (var vm in _kvm.Machine.VirtualMachines)
        {
            if (vm.IsLive)
            {
                Describe(text, vm);
            }
        }

        foreach (var file in _kvm.Machine.Files)
        {
            if (file.Life != FileLife.Gone)
            {
                text.Append("file ").Append(file.Id).Append(" of ").Append(file.Guest).Append(", ").Append(file.Store.Size).Append(" bytes:");
                foreach (var run in file.Store.Pages)
                {
                    text.Append(CultureInfo.InvariantCulture, $" [0x{run.Start:x}, 0x{run.End:x}) {run.Value}");
                }

                text.AppendLine();
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var kvm = _kvm ?? throw new InvalidOperationException("No case has begun.");
        return TryApplyGuest(kvm, operation, arguments, ref outcome)
            || TryApplyVm(kvm, operation, arguments, ref outcome)
            || TryApplyFile(kvm, operation, arguments, ref outcome)
            || TryApplyMemory(kvm, operation, arguments, ref outcome);
    }

    private static void Describe(StringBuilder text, VirtualMachine vm)
    {
        text.Append(vm.Id).Append(" (").Append(vm.Technology.Name).AppendLine(")");
        foreach (var place in vm.Slots.Places)
        {
            if (place is { IsLive: true, Slot: Memslot slot })
            {
                text.Append("  ").Append(slot.Layout).AppendLine(slot.FileDetached ? ", file released" : "");
            }
        }

        foreach (var run in vm.Attributes.Runs)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  gfn [0x{run.Start:x}, 0x{run.End:x}) {run.Value}");
        }
    }

    private static void Result(ref TraceOutcome outcome, KvmResult result)
    {
        outcome.Text("result"u8, NameOf(result.Errno));
        outcome.DecidedBy = result.DecidedBy;
    }

    private static void NoHandle(ref TraceOutcome outcome) => outcome.Text("result"u8, "NO_HANDLE"u8);

    private static ReadOnlySpan<byte> NameOf(Errno errno) => errno switch
    {
        Errno.OK => "OK"u8,
        Errno.EPERM => "EPERM"u8,
        Errno.ENOENT => "ENOENT"u8,
        Errno.EINTR => "EINTR"u8,
        Errno.EIO => "EIO"u8,
        Errno.ENXIO => "ENXIO"u8,
        Errno.EBADF => "EBADF"u8,
        Errno.EAGAIN => "EAGAIN"u8,
        Errno.ENOMEM => "ENOMEM"u8,
        Errno.EACCES => "EACCES"u8,
        Errno.EFAULT => "EFAULT"u8,
        Errno.EBUSY => "EBUSY"u8,
        Errno.EEXIST => "EEXIST"u8,
        Errno.ENODEV => "ENODEV"u8,
        Errno.EINVAL => "EINVAL"u8,
        Errno.ENOTTY => "ENOTTY"u8,
        Errno.EFBIG => "EFBIG"u8,
        Errno.ESPIPE => "ESPIPE"u8,
        Errno.EOVERFLOW => "EOVERFLOW"u8,
        Errno.EOPNOTSUPP => "EOPNOTSUPP"u8,
        Errno.EHWPOISON => "EHWPOISON"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(errno), errno, "No recording has a name for it."),
    };

    private bool TryVm(in TraceArguments arguments, out int vm)
    {
        var found = _vms.TryGet(arguments.Text("vm"u8), out var descriptor);
        vm = (int)descriptor;
        return found;
    }

    private bool TryFile(in TraceArguments arguments, out int descriptor)
    {
        var found = _files.TryGet(arguments.Text("fd"u8), out var value);
        descriptor = (int)value;
        return found;
    }

    // A mapping's name with an offset, a bare number, or the recorder's word for the last address.
    private bool TryAddress(ReadOnlySpan<byte> text, out ulong address)
    {
        if (text.SequenceEqual("max"u8))
        {
            address = ulong.MaxValue;
            return true;
        }

        RecordedOffsets.Split(text, out var name, out var offset);
        var start = 0UL;
        var found = name.IsEmpty || _mappings.TryGet(name, out start);
        address = unchecked(start + offset);
        return found;
    }
}
