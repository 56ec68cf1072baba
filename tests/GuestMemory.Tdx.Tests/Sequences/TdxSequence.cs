using Xunit;

namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>A host and its guests that do anything, in any order, from a seed; most of it plausible. Every invariant is asked for after every operation.</summary>
internal sealed partial class TdxSequence
{
    private readonly Chances _chances;
    private Xorshift _choices;

    public TdxSequence(ulong seed, TdxPlatform? platform = null, RuleSwitches? rules = null, TdxCheckerOptions? options = null, bool caches = true)
    {
        _choices = new(seed);
        World = new(platform ?? TdxWorld.Recorded, rules);
        Module.CachesTranslations = caches;
        Module.SharedEpt = new HostTables();
        Checker = TdxChecker.Attach(Module, options);
        _chances = new(
            (30, AnyCall), (25, MemoryCall), (8, LifeCall), (6, MigrationCall), (Module.Platform.Version.HasDynamicPamt ? 25 : 5, PhysicalCall), (4, BuildTd), (10, Grow), (10, TakePage), (4, Resize), (5, Relocate),
            (14, GuestCall), (25, GuestAccess), (10, EnterOrLeave), (5, HostAccess), (4, HoldLock), (4, HoldEntry), (3, Interrupt), (1, Teardown), (12, Migrate), (1, FillTable), (1, Sweep), (3, MeetLock), (3, BreakMemory), (2, ForceOpState));
        if (Module.Platform.Version.HasDynamicPamt)
        {
            GivePairs();
        }
    }

    public TdxWorld World { get; }

    public TdxModule Module => World.Module;

    public TdxChecker Checker { get; }

    /// <summary>Asks of every refusal what would be answered without its rule; <see langword="null"/> for nobody.</summary>
    public SwitchingProbe? Probe { get; init; }

    public SequenceLog Log { get; set; } = new();

    /// <summary>Makes steps until so many operations were made.</summary>
    public TdxSequence Run(int operations)
    {
        var end = Log.Operations + operations;
        while (Log.Operations < end)
        {
            Step();
        }

        return this;
    }

    public void Step()
    {
        _chances.Choose(_choices)();
        ReleaseSome();
    }

    /// <summary>Bytes of everything that is state.</summary>
    public static byte[] StateOf(TdxModule module)
    {
        var writer = new StateWriter([]);
        module.WriteState(ref writer);
        module.Memory.Contents.WriteState(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>The same sequence from here on over a module that was read from this one's state.</summary>
    public TdxSequence Copy()
    {
        var copy = new TdxSequence(0, Module.Platform, Module.State.Rules, caches: Module.CachesTranslations) { _choices = _choices.Copy() };
        var bytes = StateOf(Module);
        var reader = new StateReader(bytes);
        copy.Module.ReadState(ref reader);
        copy.Module.Memory.Contents.ReadState(ref reader);
        Assert.True(reader.AtEnd);
        Assert.Equal(bytes, StateOf(copy.Module));
        copy.Checker.Restart(copy.Module);
        copy._held.AddRange(_held);
        copy._heldEntries.AddRange(_heldEntries);
        return copy;
    }

    private TdxResult Host(TdxFunction function, in TdxRegisters registers, int version = 0, int processor = 0)
    {
        var line = $"{function} v{version} on {processor}, {registers}";
        try
        {
            var result = Module.Seamcall(function, registers, version, processor);
            Log.Add($"{line}: {result}", result.DecidedBy, function.ToString());
            Probe?.Try(Module, result.DecidedBy, Repeat(function, registers, version, processor));
            return result;
        }
        catch (OutsideModelException outside)
        {
            Log.AddOutside(line, outside);
            return new(TdxStatus.Of(TdxStatusCode.OperandInvalid));
        }
    }

    private static Func<TdxModule, (string Words, Rule? DecidedBy)> Repeat(TdxFunction function, TdxRegisters registers, int version, int processor) => module =>
    {
        var answer = module.Seamcall(function, registers, version, processor);
        return ((answer with { DecidedBy = null }).ToString() + answer.Rcx + answer.Rdx, answer.DecidedBy);
    };

    private void Guest(string what, Func<TdxModule, GuestResult> act)
    {
        var result = act(Module);
        Log.Add($"{what}: {result}", result.DecidedBy, what.Split(' ')[0]);
        Probe?.Try(Module, result.DecidedBy, module =>
        {
            var answer = act(module);
            return ((answer with { DecidedBy = null }).ToString(), answer.DecidedBy);
        });

        if (result.Event is GuestEvent.TdExit or GuestEvent.MachineCheck && Vcpus.FirstOrDefault(vcpu => what.Contains(vcpu.Tdvpr.ToString(), StringComparison.Ordinal)) is { IsInside: true } inside)
        {
            Module.Exit(inside.Tdvpr);
        }
    }
}
