namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>Steps to choose from, each as likely as its weight.</summary>
internal sealed class Chances(params (int Weight, Action Step)[] steps)
{
    private readonly int _all = steps.Sum(step => step.Weight);

    public Action Choose(Xorshift choices)
    {
        var left = choices.Below(_all);
        foreach (var (weight, step) in steps)
        {
            if (left < weight)
            {
                return step;
            }

            left -= weight;
        }

        throw new InvalidOperationException("The weights are wrong.");
    }
}
