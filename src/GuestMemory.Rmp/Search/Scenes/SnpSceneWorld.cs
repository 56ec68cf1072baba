namespace GuestMemory.Rmp;

/// <summary>A platform with two guests A and B, its checker, and what the guests remember.</summary>
/// <remarks>
/// Five blocks of 2M: the firmware's pages lie in the first, <see cref="H"/>, <see cref="Y"/> and <see cref="Z"/> are the host's to give, the table lies in the last.
/// The guests are careful: none accepts an address twice, and one that sees a contradiction stops.
/// </remarks>
internal sealed class SnpSceneWorld : IStateful
{
    public static readonly Asid A = new(5);
    public static readonly Asid B = new(6);
    public static readonly Pfn ContextA = new(1);
    public static readonly Pfn ContextB = new(2);
    public static readonly Pfn ContextIdle = new(3);
    public static readonly Pfn MetadataA = new(4);
    public static readonly Pfn Spare = new(5);

    private readonly byte[] _notes = new byte[8];
    private readonly SortedSet<(uint Asid, ulong Gfn)> _accepted = [];
    private readonly SortedSet<uint> _stopped = [];
    private readonly SortedSet<int> _running = [];
    private readonly SortedDictionary<(ulong Gfn, int Vmpl), byte> _given = [];
    private bool _isRetry;

    public SnpSceneWorld(SnpScene scene, RuleSwitches rules)
    {
        Platform = new(scene.Coverage, switches: scene.Switches, rules: rules);
        Checker = RmpChecker.Attach(Platform, RmpCheckerOptions.Strict with { Scope = scene.Scope });
        scene.Prepare(this);
    }

    public static RmpCoverage Covered { get; } = RmpCoverage.Flat(new(0xa0_0000), new(0xaf_ffff));

    public SnpPlatform Platform { get; }

    public SnpFirmware Firmware => Platform.Firmware;

    public RmpChecker Checker { get; }

    /// <summary>Whether a level used a right at an address where no higher level gave it one.</summary>
    public bool HasUngivenRight { get; private set; }

    public static Pfn H(ulong page = 0) => new(512 + page);

    public static Pfn Y(ulong page = 0) => new(1024 + page);

    public static Pfn Z(ulong page = 0) => new(1536 + page);

    public static Gpa G(ulong page = 0) => new(0x20_0000 + (page << 12));

    /// <summary>How far the scene's threads are, and what they saw: each scene says what each byte means.</summary>
    public Span<byte> Notes => _notes;

    /// <summary>A guest's request to convert pages; <see langword="null"/> where the scene has none.</summary>
    public PscRequest? PageStateChange { get; set; }

    /// <summary>The step in hand came to no end.</summary>
    public void Retry() => _isRetry = true;

    public bool TakeRetry()
    {
        var isRetry = _isRetry;
        _isRetry = false;
        return isRetry;
    }

    public bool Runs(Asid asid) => !_stopped.Contains(asid.Value);

    public bool Holds(Asid asid, Gfn gfn) => _accepted.Contains((asid.Value, gfn.Value));

    public bool IsRunning(int vcpu) => _running.Contains(vcpu);

    public void Accepted(Asid asid, Gfn gfn) => _accepted.Add((asid.Value, gfn.Value));

    public void Released(Asid asid, Gfn gfn) => _accepted.Remove((asid.Value, gfn.Value));

    public void Stop(Asid asid) => _stopped.Add(asid.Value);

    public void Entered(int vcpu) => _running.Add(vcpu);

    public void Left(int vcpu) => _running.Remove(vcpu);

    /// <summary>Guest A's own software gave a level rights at an address of its own.</summary>
    public void Gave(Gfn gfn, Vmpl level, VmplPermissions rights) => _given[(gfn.Value, level.Value)] = (byte)rights;

    /// <summary>A level reached an address.</summary>
    public void Reached(Gfn gfn, Vmpl level, VmplPermissions needed)
    {
        var given = (VmplPermissions)_given.GetValueOrDefault((gfn.Value, level.Value));
        HasUngivenRight |= level.Value > 0 && (given & needed) != needed;
    }

    public void WriteState(ref StateWriter writer)
    {
        Platform.WriteState(ref writer);
        Platform.Contents.WriteState(ref writer);
        Checker.WriteState(ref writer);
        writer.Flag(HasUngivenRight);
        writer.UInt64(BitConverter.ToUInt64(_notes));
        PageStateChange?.WriteState(ref writer);
        writer.Int32(_accepted.Count);
        foreach (var (asid, gfn) in _accepted)
        {
            writer.UInt64(asid);
            writer.UInt64(gfn);
        }

        Write(ref writer, _stopped.Select(asid => (int)asid).ToArray());
        Write(ref writer, [.. _running]);
        writer.Int32(_given.Count);
        foreach (var (to, rights) in _given)
        {
            writer.UInt64(to.Gfn);
            writer.Byte((byte)to.Vmpl);
            writer.Byte(rights);
        }
    }

    public void ReadState(ref StateReader reader)
    {
        Platform.ReadState(ref reader);
        Platform.Contents.ReadState(ref reader);
        Checker.ReadState(ref reader);
        HasUngivenRight = reader.Flag();
        BitConverter.TryWriteBytes(_notes, reader.UInt64());
        PageStateChange?.ReadState(ref reader);
        _accepted.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var asid = checked((uint)reader.UInt64());
            _accepted.Add((asid, reader.UInt64()));
        }

        _stopped.Clear();
        _stopped.UnionWith(Read(ref reader).Select(asid => (uint)asid));
        _running.Clear();
        _running.UnionWith(Read(ref reader));
        _given.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var gfn = reader.UInt64();
            var level = reader.Byte();
            _given[(gfn, level)] = reader.Byte();
        }
    }

    private static void Write(ref StateWriter writer, int[] numbers)
    {
        writer.Int32(numbers.Length);
        foreach (var number in numbers)
        {
            writer.Int32(number);
        }
    }

    private static int[] Read(ref StateReader reader)
    {
        var numbers = new int[reader.Count()];
        for (var at = 0; at < numbers.Length; at++)
        {
            numbers[at] = reader.Int32();
        }

        return numbers;
    }
}
