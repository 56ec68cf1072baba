namespace GuestMemory.Testing.Tests.Injection;

/// <summary>A till that takes coins one by one, each of which can fail; a careless one forgets what it must do then.</summary>
internal sealed class Till(IFaultInjector injector, Carelessness carelessness = Carelessness.None) : IStateful
{
    public int Coins { get; private set; }

    public int Lost { get; private set; }

    public Outcome Take(int coins)
    {
        for (var taken = 0; taken < coins; taken++)
        {
            if (injector.Strikes(InjectionPoint.KernelAllocation))
            {
                Fail(taken);
                return carelessness == Carelessness.SaysNothing ? Outcome.Success : CoreRules.OutOfMemory.Refuse();
            }

            Coins++;
        }

        return carelessness == Carelessness.Stuck && Lost > 0 ? CoreRules.OutOfMemory.Refuse() : Outcome.Success;
    }

    public void GiveBack() => Coins = 0;

    public void WriteState(ref StateWriter writer) => writer.Int32(Coins);

    public void ReadState(ref StateReader reader) => Coins = reader.Int32();

    private void Fail(int taken)
    {
        Lost = carelessness is Carelessness.Loses or Carelessness.Stuck ? 1 : 0;
        if (carelessness == Carelessness.Breaks)
        {
            throw new ModelInvariantException("till", "a coin too many");
        }

        Coins -= carelessness == Carelessness.Keeps ? 0 : taken;
    }
}
