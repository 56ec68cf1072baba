namespace GuestMemory.Kvm;

/// <summary>What KVM keeps of a VM beside its memory: slot generation, remembered device memory, its vCPU.</summary>
internal sealed class KvmGuest : IStateful
{
    private readonly RangeMap<MmioMark> _marks = new();

    /// <summary>Raised by every successful change of a slot.</summary>
    public ulong Generation { get; set; }

    /// <summary>Whether the vCPU exists.</summary>
    public bool HasVcpu { get; set; }

    /// <summary>The vCPU's table root.</summary>
    public KvmVcpuRoot Root { get; set; }

    /// <summary>Bit mask of hypercalls that leave to the VMM (KVM_CAP_EXIT_HYPERCALL).</summary>
    public ulong ExitHypercalls { get; set; }

    /// <summary>Whether a hypercall left to the VMM and is not answered.</summary>
    public bool AwaitsAnswer { get; set; }

    /// <summary>Whether that hypercall is a step of a technology's call, which goes on with the answer.</summary>
    public bool AwaitsCall { get; set; }

    /// <summary>Whether a frame is remembered as device memory.</summary>
    public bool TryGetMark(Gfn gfn, out MmioMark mark) => _marks.TryGet(gfn.Value, out mark);

    /// <summary>Remembers a frame as device memory of the present generation.</summary>
    public void Mark(Gfn gfn) => _marks.Set(gfn.Value, gfn.Value + 1, new(Generation));

    /// <summary>Forgets a frame.</summary>
    public void Unmark(Gfn gfn)
    {
        if (_marks.Count > 0)
        {
            _marks.Remove(gfn.Value, gfn.Value + 1);
        }
    }

    /// <summary>Every translation was dropped: all marks go, and a loaded root is obsolete.</summary>
    public void ZapAll()
    {
        _marks.Clear();
        Root = Root == KvmVcpuRoot.None ? KvmVcpuRoot.None : KvmVcpuRoot.Obsolete;
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _marks.Clear();
        Generation = 0;
        HasVcpu = false;
        Root = KvmVcpuRoot.None;
        ExitHypercalls = 0;
        AwaitsAnswer = false;
        AwaitsCall = false;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.UInt64(Generation);
        writer.Flag(HasVcpu);
        writer.Byte((byte)Root);
        writer.UInt64(ExitHypercalls);
        writer.Flag(AwaitsAnswer);
        writer.Flag(AwaitsCall);
        writer.Runs(_marks, static (ref writer, in value) => writer.UInt64(value.Generation));
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        Generation = reader.UInt64();
        HasVcpu = reader.Flag();
        Root = (KvmVcpuRoot)reader.Byte();
        ExitHypercalls = reader.UInt64();
        AwaitsAnswer = reader.Flag();
        AwaitsCall = reader.Flag();
        reader.Runs(_marks, static (ref reader) => new(reader.UInt64()));
    }
}
