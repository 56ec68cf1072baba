namespace GuestMemory.Benchmarks;

/// <summary>The check, then the look-up: the next index cannot wait for an allowed check alone, which the processor foresees.</summary>
internal readonly struct CheckAndLookUpReader(OwnedMachine machine) : IFrameReader
{
    public ulong Read(uint frame) => new CheckReader(machine).Read(frame) ^ new LookUpReader(machine.Platform.Table).Read(frame);
}
