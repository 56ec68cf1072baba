namespace GuestMemory;

/// <summary>Decides what fails. A machine without one asks nobody, and nothing of this kind fails.</summary>
/// <remarks>
/// What it remembers is no part of a machine's state. A machine with one allocates page by page where the kernel does, so that every page is
/// a point of its own.
/// </remarks>
public interface IFaultInjector
{
    /// <summary>The system is at a point where it can fail.</summary>
    /// <param name="point">Which kind of point.</param>
    /// <returns>Whether it fails now.</returns>
    bool Strikes(InjectionPoint point);
}
