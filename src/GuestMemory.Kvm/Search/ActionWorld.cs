namespace GuestMemory.Kvm;

/// <summary>A small world that a few things can be done in, made so that a rule is what keeps it whole.</summary>
internal abstract class ActionWorld : IStateful
{
    /// <summary>The machine.</summary>
    public abstract Machine Machine { get; }

    /// <summary>What can be done, in a fixed order.</summary>
    public List<SearchAction> Actions { get; } = [];

    /// <summary>What must hold beside the machine's invariants.</summary>
    public List<StateProperty> Properties { get; } = [];

    /// <summary>What was seen that must not be; part of the state.</summary>
    public CallBreach Breach { get; set; }

    /// <summary>What an observer remembers, one number a page or thing; part of the state.</summary>
    protected byte[] Remembered { get; } = new byte[8];

    /// <inheritdoc/>
    public virtual void WriteState(ref StateWriter writer)
    {
        Machine.WriteState(ref writer);
        WriteMemory(ref writer);
    }

    /// <inheritdoc/>
    public virtual void ReadState(ref StateReader reader)
    {
        Machine.ReadState(ref reader);
        ReadMemory(ref reader);
    }

    /// <summary>Writes what is remembered.</summary>
    protected void WriteMemory(ref StateWriter writer)
    {
        writer.Byte((byte)Breach);
        foreach (var remembered in Remembered)
        {
            writer.Byte(remembered);
        }
    }

    /// <summary>Reads what is remembered.</summary>
    protected void ReadMemory(ref StateReader reader)
    {
        Breach = (CallBreach)reader.Byte();
        for (var at = 0; at < Remembered.Length; at++)
        {
            Remembered[at] = reader.Byte();
        }
    }

    /// <summary>Adds something that can always be done.</summary>
    protected void Add(string words, Func<Outcome> run) => Add(words, static () => true, run);

    /// <summary>Adds something that can be done at times.</summary>
    protected void Add(string words, Func<bool> canRun, Func<Outcome> run) => Actions.Add(new(words, canRun, run));

    /// <summary>Adds something that must always hold.</summary>
    protected void Always(string name, string says, Func<bool> holds) => Properties.Add(new(name, says, PropertyKind.Always, holds));

    /// <summary>Adds the three properties of who reads what.</summary>
    protected void WatchReads()
    {
        Always("private-reads-own", "What a guest reads from a private page is what it last wrote there, or zero.", () => (Breach & CallBreach.PrivateRead) == 0);
        Always("private-stays-private", "Nothing written to a private page is read by the host or another guest.", () => (Breach & CallBreach.PrivateLeak) == 0);
    }
}
