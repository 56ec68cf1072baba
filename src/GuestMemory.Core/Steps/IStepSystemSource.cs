namespace GuestMemory;

/// <summary>A kind of system that can be searched: how to make one, which rules it answers by, which known bugs it can be given.</summary>
public interface IStepSystemSource
{
    /// <summary>Its name: "software", "snp".</summary>
    string Name { get; }

    /// <summary>What the system consists of and who acts in it, in a sentence or two.</summary>
    string Says { get; }

    /// <summary>Where a system can start from, the first being the default: a guest just built, one being launched, one whose pages leave.</summary>
    IReadOnlyList<string> Scenarios { get; }

    /// <summary>The rules of the architecture that can be switched off, those of <see cref="CoreRules"/> excepted.</summary>
    IReadOnlyList<Rule> Rules { get; }

    /// <summary>The known bugs it can be given.</summary>
    IReadOnlyList<KnownBug> Bugs { get; }

    /// <summary>Makes a system in the first state of its scenario.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="ArgumentException">A number is out of range, or a name unknown; the message says which and what is allowed.</exception>
    IStepSystem Create(StepSystemOptions options);
}
