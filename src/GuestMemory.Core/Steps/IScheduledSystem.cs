namespace GuestMemory;

/// <summary>A system whose steps belong to actors that run at once: each step is one critical section of one actor.</summary>
public interface IScheduledSystem : IStepSystem
{
    /// <summary>Who there is: a vCPU, a thread of the VMM, a kernel worker, the firmware.</summary>
    IReadOnlyList<string> Actors { get; }

    /// <summary>Whose step it is.</summary>
    /// <param name="step">A step.</param>
    /// <returns>An index into <see cref="Actors"/>.</returns>
    int ActorOf(uint step);

    /// <summary>Whether an actor is in the middle of an operation: another actor's step now is a preemption.</summary>
    /// <param name="actor">An index into <see cref="Actors"/>.</param>
    bool IsMidway(int actor);
}
