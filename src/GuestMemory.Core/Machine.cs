using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace GuestMemory;

/// <summary>One machine: its frames and their bytes, its stores, files, processes and VMs, and who maps what.</summary>
/// <remarks>
/// Deterministic: the same steps give the same state, byte for byte. Numbers of things that are gone are used again, lowest
/// first. Not thread-safe: one machine per test.
/// </remarks>
public sealed class Machine : IStateful
{
    /// <summary>Version of the state's byte format.</summary>
    public const int StateFormat = 1;

    private readonly List<BackingStore> _stores = [];
    private readonly List<BackingFile> _files = [];
    private readonly List<HostAddressSpace> _processes = [];
    private readonly List<VirtualMachine> _vms = [];
    private readonly IReadOnlyList<IGuestTechnology> _technologies;
    private byte[] _buffer = [];

    internal Machine(MachineOptions options, IReadOnlyList<IGuestTechnology> technologies, IStepObserver? observer)
    {
        Options = options;
        Enforcement = options.Rules.IsOff(CoreRules.UnmapBeforeConvert) ? Enforcement.Observe : options.Enforcement;
        Observer = observer;
        _technologies = technologies;
        Mappings = new();
        Frames = new(options.Frames, options.FramesPerNode, options.FrameChoice, Mappings, Enforcement, options.Injector);
        Contents = new();
        DirectMap = new();
        Ownership = options.OwnershipTable?.Invoke(this) ?? new SoftwareOwnershipTable(options.Rules);
        Bytes = Ownership as IFrameBytes ?? new PlainFrameBytes(Contents);
    }

    /// <summary>What it was built with.</summary>
    public MachineOptions Options { get; }

    /// <summary>What Core does about unmap-before-convert: the option, unless <see cref="CoreRules.UnmapBeforeConvert"/> is off.</summary>
    public Enforcement Enforcement { get; }

    /// <summary>Hears of every step; <see langword="null"/> for nobody.</summary>
    public IStepObserver? Observer { get; set; }

    /// <summary>The kinds of VM it can run.</summary>
    public IReadOnlyList<IGuestTechnology> Technologies => _technologies;

    /// <summary>The frame pool.</summary>
    public FramePool Frames { get; }

    /// <summary>The frames' bytes.</summary>
    public FrameContents Contents { get; }

    /// <summary>Who maps which frame.</summary>
    public ReverseIndex Mappings { get; }

    /// <summary>The kernel's direct map.</summary>
    public DirectMap DirectMap { get; }

    /// <summary>Whose each frame is.</summary>
    public IOwnershipTable Ownership { get; }

    /// <summary>The bytes an allowed access reads and writes.</summary>
    internal IFrameBytes Bytes { get; }

    /// <summary>The stores, gone ones included.</summary>
    public IReadOnlyList<BackingStore> Stores => _stores;

    /// <summary>The files, gone ones included.</summary>
    public IReadOnlyList<BackingFile> Files => _files;

    /// <summary>The processes.</summary>
    public IReadOnlyList<HostAddressSpace> Processes => _processes;

    /// <summary>The VMs, gone ones included.</summary>
    public IReadOnlyList<VirtualMachine> VirtualMachines => _vms;

    // The same lists without an enumerator on the heap, for what runs at every step.
    internal ReadOnlySpan<BackingFile> FileSpan => CollectionsMarshal.AsSpan(_files);

    internal ReadOnlySpan<VirtualMachine> VirtualMachineSpan => CollectionsMarshal.AsSpan(_vms);

    /// <summary>A store by its number.</summary>
    /// <param name="id">The number.</param>
    public BackingStore Store(int id) => _stores[id];

    /// <summary>A file by its number.</summary>
    /// <param name="id">The number.</param>
    public BackingFile File(int id) => _files[id];

    /// <summary>A process by its number.</summary>
    /// <param name="number">The number.</param>
    public HostAddressSpace Process(int number) => _processes[number];

    /// <summary>A VM by its guest number.</summary>
    /// <param name="guest">The guest.</param>
    public VirtualMachine VirtualMachine(GuestId guest) => _vms[guest.Value - 1];

    /// <summary>Finds a technology by its type number.</summary>
    /// <param name="vmType">The type number.</param>
    public IGuestTechnology? FindTechnology(ulong vmType)
    {
        foreach (var technology in _technologies)
        {
            if (technology.VmType == vmType)
            {
                return technology;
            }
        }

        return null;
    }

    /// <summary>The system is at a point where it can fail: whether it does.</summary>
    /// <param name="point">Which kind of point.</param>
    /// <returns><see langword="false"/> where <see cref="MachineOptions.Injector"/> is none.</returns>
    public bool Strikes(InjectionPoint point) => Options.Injector is { } injector && injector.Strikes(point);

    /// <summary>Creates a store.</summary>
    /// <param name="properties">What it allows.</param>
    /// <param name="size">Bytes, at most 2^63 - 4096.</param>
    /// <param name="kind">Kind of its pages towards the host.</param>
    public BackingStore CreateStore(BackingProperties properties, ulong size, PageKind kind = PageKind.Shared)
    {
        if (size > long.MaxValue - 4095)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "A store has at most 2^63 - 4096 bytes.");
        }

        var store = Take(_stores, static store => !store.IsLive, id => new BackingStore(this, id));
        store.Open(properties, size, kind);
        return store;
    }

    /// <summary>Destroys a store that no file views and no process maps.</summary>
    /// <param name="store">The store.</param>
    public void DestroyStore(BackingStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Close();
    }

    /// <summary>Makes a store larger; nothing is allocated.</summary>
    /// <param name="store">The store.</param>
    /// <param name="size">Bytes; smaller than now changes nothing.</param>
    public void GrowStore(BackingStore store, ulong size)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Grow(size);
    }

    /// <summary>Makes a store smaller; it holds nothing beyond its new end.</summary>
    /// <param name="store">The store.</param>
    /// <param name="size">Bytes; larger than now changes nothing.</param>
    /// <exception cref="InvalidOperationException">It holds a page there.</exception>
    public void ShrinkStore(BackingStore store, ulong size)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Shrink(size);
    }

    /// <summary>Opens a VM's view of a store.</summary>
    /// <param name="guest">The VM.</param>
    /// <param name="store">The store.</param>
    public BackingFile OpenFile(GuestId guest, BackingStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var file = Take(_files, static file => file.Life == FileLife.Gone, id => new BackingFile(this, id));
        file.Open(guest, store.Id);
        return file;
    }

    /// <summary>Whether any file views a store.</summary>
    /// <param name="store">The store.</param>
    public bool IsViewed(BackingStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        foreach (var file in _files)
        {
            if (file.Life != FileLife.Gone && file.StoreId == store.Id)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Creates a process with nothing mapped.</summary>
    public HostAddressSpace CreateProcess()
    {
        var process = new HostAddressSpace(this, _processes.Count);
        _processes.Add(process);
        foreach (var vm in _vms)
        {
            if (vm.IsLive)
            {
                process.Attach(vm);
            }
        }

        return process;
    }

    /// <summary>Creates a VM without slots, everything shared.</summary>
    /// <param name="technology">Its kind.</param>
    public VirtualMachine CreateVm(IGuestTechnology technology)
    {
        ArgumentNullException.ThrowIfNull(technology);
        var vm = Take(_vms, static vm => !vm.IsLive, id => new VirtualMachine(this, new(checked((ushort)(id + 1)))));
        vm.Open(technology);
        return vm;
    }

    /// <summary>What the kernel's reverse map can do to free frames from their users: every process lets go, and with it the shared translations of guests through it.</summary>
    /// <param name="frames">The frames.</param>
    /// <returns>Who still maps one: private and in-place translations of guests and pins are out of its reach. Empty when nobody does.</returns>
    public IReadOnlyList<FrameMapping> TryToUnmap(PfnRange frames)
    {
        foreach (var mapping in Mappings.WhoMaps(frames))
        {
            if (mapping.Mapper.Kind == MapperKind.HostProcess)
            {
                Process(mapping.Mapper.Number).Evict(new(new(mapping.InputPage), mapping.Frames.Count));
            }
        }

        return Mappings.WhoMaps(frames);
    }

    /// <summary>The refusal of a step over frames that something besides a pin still maps.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="refusal">The refusal, naming the first such mapper.</param>
    /// <returns><see langword="false"/> when only pins are left: they defer the frames' return, not the step.</returns>
    public bool StillMappedBeyondPins(PfnRange frames, out Outcome refusal)
    {
        foreach (var mapping in Mappings.WhoMaps(frames))
        {
            if (mapping.Mapper.Kind != MapperKind.Pin)
            {
                refusal = CoreRules.UnmapBeforeConvert.Refuse(mapping.Mapper.ToInfo());
                return true;
            }
        }

        refusal = default;
        return false;
    }

    /// <summary>The whole state as canonical bytes, format version first.</summary>
    /// <returns>The bytes; valid until the next call.</returns>
    public ReadOnlySpan<byte> WriteState()
    {
        var writer = new StateWriter(_buffer);
        WriteState(ref writer);
        _buffer = writer.Buffer;
        return writer.Written;
    }

    /// <summary>Replaces the whole state by a written one, in place.</summary>
    /// <param name="bytes">What <see cref="WriteState()"/> wrote on a machine of the same options.</param>
    /// <exception cref="FormatException">The bytes are not such a state. The machine is then in no defined state: restore another, or drop it.</exception>
    public void ReadState(ReadOnlySpan<byte> bytes) => StateReader.ReadWhole(bytes, this);

    /// <summary>XxHash128 of the canonical bytes.</summary>
    public UInt128 Fingerprint() => XxHash128.HashToUInt128(WriteState());

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(StateFormat);
        Frames.WriteState(ref writer);
        Contents.WriteState(ref writer);
        DirectMap.WriteState(ref writer);
        WriteAll(ref writer, _stores, LastLive(_stores, static store => store.IsLive));
        WriteAll(ref writer, _vms, LastLive(_vms, static vm => vm.IsLive));
        WriteAll(ref writer, _files, LastLive(_files, static file => file.Life != FileLife.Gone));
        WriteAll(ref writer, _processes, _processes.Count);
        Ownership.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        var format = reader.Int32();
        if (format != StateFormat)
        {
            throw new FormatException($"The state has format {format}; this version reads {StateFormat}.");
        }

        Frames.ReadState(ref reader);
        Contents.ReadState(ref reader);
        DirectMap.ReadState(ref reader);
        ReadAll(ref reader, _stores, id => new BackingStore(this, id));
        ReadAll(ref reader, _vms, id => new VirtualMachine(this, new(checked((ushort)(id + 1)))));
        ReadAll(ref reader, _files, id => new BackingFile(this, id));
        ReadProcesses(ref reader);
        Ownership.ReadState(ref reader);
        Mappings.Rebuild();
    }

    private void ReadProcesses(ref StateReader reader)
    {
        var count = reader.Count();
        while (_processes.Count > count)
        {
            Mappings.Unregister(_processes[^1]);
            _processes.RemoveAt(_processes.Count - 1);
        }

        while (_processes.Count < count)
        {
            CreateProcess();
        }

        foreach (var process in _processes)
        {
            process.ReadState(ref reader);
        }
    }

    internal bool IsOff(CoreRule rule) => Options.Rules.IsOff(rule);

    internal void Emit(in StepEvent step) => Observer?.OnStep(this, step);

    private static T Take<T>(List<T> items, Func<T, bool> isFree, Func<int, T> create)
    {
        foreach (var item in items)
        {
            if (isFree(item))
            {
                return item;
            }
        }

        items.Add(create(items.Count));
        return items[^1];
    }

    private static int LastLive<T>(List<T> items, Func<T, bool> isLive)
    {
        var count = items.Count;
        while (count > 0 && !isLive(items[count - 1]))
        {
            count--;
        }

        return count;
    }

    private static void WriteAll<T>(ref StateWriter writer, List<T> items, int count)
        where T : IStateful
    {
        writer.Int32(count);
        for (var index = 0; index < count; index++)
        {
            items[index].WriteState(ref writer);
        }
    }

    private static void ReadAll<T>(ref StateReader reader, List<T> items, Func<int, T> create)
        where T : IStateful
    {
        var count = reader.Count();
        while (items.Count < count)
        {
            items.Add(create(items.Count));
        }

        for (var index = 0; index < items.Count; index++)
        {
            if (index < count)
            {
                items[index].ReadState(ref reader);
            }
            else
            {
                // What the written state did not have is gone: a lone "not there" byte reads as such.
                var gone = new StateReader(s_gone);
                items[index].ReadState(ref gone);
            }
        }
    }

    private static readonly byte[] s_gone = new byte[1];
}
