namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>Repeats what a rule refused on two modules of the same state, with the rule and without it.</summary>
internal sealed class SwitchingProbe
{
    private const int MostTries = 40;
    private readonly Dictionary<string, int> _tries = new(StringComparer.Ordinal);

    /// <summary>Rules without which something was answered otherwise.</summary>
    public SortedSet<string> Missed { get; } = new(StringComparer.Ordinal);

    /// <summary>Rules that decided, whether or not it could be repeated.</summary>
    public SortedSet<string> Decided { get; } = new(StringComparer.Ordinal);

    /// <summary>What ended without an answer when a rule was off.</summary>
    public SortedDictionary<string, string> Crashed { get; } = new(StringComparer.Ordinal);

    public void Try(TdxModule module, Rule? rule, Func<TdxModule, (string Words, Rule? DecidedBy)> again)
    {
        if (rule is null || Missed.Contains(rule.Id) || _tries.GetValueOrDefault(rule.Id) >= MostTries)
        {
            return;
        }

        Decided.Add(rule.Id);
        _tries[rule.Id] = _tries.GetValueOrDefault(rule.Id) + 1;
        var bytes = TdxSequence.StateOf(module);
        var on = again(Load(module, bytes, RuleSwitches.AllOn));
        if (on.DecidedBy?.Id != rule.Id)
        {
            return;
        }

        try
        {
            if (again(Load(module, bytes, RuleSwitches.AllOn.Without(rule.Id))).Words != on.Words)
            {
                Missed.Add(rule.Id);
            }
        }
        catch (Exception broken) when (broken is ModelInvariantException or OutsideModelException)
        {
            Missed.Add(rule.Id);
        }
        catch (Exception crashed)
        {
            Crashed[rule.Id] = crashed.ToString();
        }
    }

    private static TdxModule Load(TdxModule module, byte[] bytes, RuleSwitches rules)
    {
        var copy = new TdxModule(module.Platform, rules: rules) { CachesTranslations = module.CachesTranslations, SharedEpt = module.SharedEpt };
        var reader = new StateReader(bytes);
        copy.ReadState(ref reader);
        copy.Memory.Contents.ReadState(ref reader);
        return copy;
    }
}
