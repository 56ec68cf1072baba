namespace GuestMemory.Rmp;

/// <summary>What the host keeps of one SNP guest.</summary>
public sealed class HostedSnpGuest
{
    internal HostedSnpGuest(GuestId guest, Asid asid)
    {
        Guest = guest;
        Asid = asid;
    }

    /// <summary>The VM.</summary>
    public GuestId Guest { get; }

    /// <summary>Its ASID, its own from KVM_SEV_INIT2 until the VM ends.</summary>
    public Asid Asid { get; }

    /// <summary>Its context page; none before KVM_SEV_SNP_LAUNCH_START.</summary>
    public Pfn? Context { get; internal set; }

    /// <summary>Its vCPU's save area; none before it is made.</summary>
    public Pfn? Vmsa { get; internal set; }

    /// <summary>Its vCPU's control block; none before it is made.</summary>
    public Pfn? Vmcb { get; internal set; }

    /// <summary>Whether the launch is finished.</summary>
    public bool IsLaunched { get; internal set; }

    // The page state change the VMM is being asked about, and where the guest's buffer lies.
    internal PscRequest? PageStateChange { get; set; }

    internal Spa PageStateBuffer { get; set; }

    internal void WriteState(ref StateWriter writer)
    {
        writer.Int32(Guest.Value);
        writer.UInt64(Asid.Value);
        Write(ref writer, Context);
        Write(ref writer, Vmsa);
        Write(ref writer, Vmcb);
        writer.Flag(IsLaunched);
        writer.Flag(PageStateChange is not null);
        if (PageStateChange is { } request)
        {
            writer.UInt64(PageStateBuffer.Value);
            writer.Int32(request.Buffer.Length);
            request.WriteState(ref writer);
        }
    }

    internal static HostedSnpGuest Read(ref StateReader reader, RuleSwitches rules)
    {
        var guest = new GuestId(checked((ushort)reader.Int32()));
        var state = new HostedSnpGuest(guest, new(checked((uint)reader.UInt64())))
        {
            Context = ReadFrame(ref reader), Vmsa = ReadFrame(ref reader), Vmcb = ReadFrame(ref reader), IsLaunched = reader.Flag(),
        };
        if (reader.Flag())
        {
            state.ReadPageStateChange(ref reader, rules);
        }

        return state;
    }

    private void ReadPageStateChange(ref StateReader reader, RuleSwitches rules)
    {
        PageStateBuffer = new(reader.UInt64());
        var length = reader.Int32();
        if (length is < PscBuffer.HeaderBytes or > 4096)
        {
            throw new FormatException($"A page state change has no buffer of {length} bytes.");
        }

        PageStateChange = new(new PscBuffer(new byte[length]), rules);
        PageStateChange.ReadState(ref reader);
    }

    private static void Write(ref StateWriter writer, Pfn? frame)
    {
        writer.Flag(frame is not null);
        if (frame is { } present)
        {
            writer.UInt64(present.Value);
        }
    }

    private static Pfn? ReadFrame(ref StateReader reader) => reader.Flag() ? new Pfn(reader.UInt64()) : null;
}
