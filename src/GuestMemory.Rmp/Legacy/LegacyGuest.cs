namespace GuestMemory.Rmp;

/// <summary>A guest as the SEV firmware keeps it.</summary>
internal sealed class LegacyGuest(uint keyNumber, LegacyGuestState state, ulong transportKey)
{
    public uint KeyNumber { get; } = keyNumber;

    public LegacyGuestState State { get; private set; } = state;

    public ulong TransportKey { get; private set; } = transportKey;

    public Asid Asid { get; set; }

    public void Move(LegacyGuestState next, ulong transportKey)
    {
        State = next;
        TransportKey = transportKey;
    }
}
