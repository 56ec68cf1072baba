namespace GuestMemory.Rmp;

/// <summary>A step of the run scenario as a number: what, and up to three small operands.</summary>
internal readonly record struct RunStep(RunStepKind Kind, int First, int Second = 0, int Third = 0)
{
    public uint Number => ((uint)Kind << 12) | ((uint)First << 8) | ((uint)Second << 4) | (uint)Third;

    public static RunStep Of(uint number) => new((RunStepKind)(number >> 12), (int)(number >> 8) & 15, (int)(number >> 4) & 15, (int)number & 15);
}
