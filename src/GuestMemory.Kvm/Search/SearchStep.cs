namespace GuestMemory.Kvm;

/// <summary>A step as a number: what is done, by whom or in which guest, at which page.</summary>
/// <param name="Operation">What; the system's own numbers.</param>
/// <param name="Subject">The guest, vCPU or thread.</param>
/// <param name="Page">The page, from 0.</param>
internal readonly record struct SearchStep(byte Operation, byte Subject, byte Page)
{
    /// <summary>The number.</summary>
    public uint Number => ((uint)Operation << 16) | ((uint)Subject << 8) | Page;

    /// <summary>The step of a number.</summary>
    public static SearchStep Of(uint number) => unchecked(new((byte)(number >> 16), (byte)(number >> 8), (byte)number));

    /// <summary>The three numbers.</summary>
    public override string ToString() => $"{Operation} {Subject} {Page}";
}
