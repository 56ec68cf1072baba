using System.Runtime.CompilerServices;

namespace GuestMemory.Tdx;

/// <summary>Intel's TDX module on one platform: what it answers to the host's and the guests' calls, and what it keeps.</summary>
/// <remarks>
/// Everything answers from rules: a refused call says which. What logical processors do at once is put in order by the caller, and what one
/// holds meanwhile is <see cref="Locks"/>. Not thread-safe. Source: tdx-module.
/// </remarks>
public sealed partial class TdxModule : IStateful
{
    /// <summary>Creates a module that is initialised, with no TD.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="contents">The memory's bytes; <see langword="null"/> for a memory of its own.</param>
    /// <param name="rules">Which rules are off; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The platform cannot be; the message says what and where.</exception>
    public TdxModule(TdxPlatform platform, FrameContents? contents = null, RuleSwitches? rules = null)
    {
        ArgumentNullException.ThrowIfNull(platform);
        State = new(platform, contents ?? new(), rules ?? RuleSwitches.AllOn);
    }

    /// <summary>The platform.</summary>
    public TdxPlatform Platform => State.Platform;

    /// <summary>The physical-address metadata table.</summary>
    public Pamt Pamt => State.Pamt;

    /// <summary>The key ownership table.</summary>
    public KeyTable Keys => State.Keys;

    /// <summary>Memory behind the keys.</summary>
    public TdxMemory Memory => State.Memory;

    /// <summary>Locks other processors hold.</summary>
    public HeldLocks Locks => State.Locks;

    /// <summary>Interrupts to come.</summary>
    public Interrupts Interrupts => State.Interrupts;

    /// <summary>The TDs, by root page.</summary>
    public IReadOnlyList<Td> Tds => State.Tds;

    /// <summary>Hears of every operation; <see langword="null"/> for nobody.</summary>
    public ITdxObserver? Observer { get; set; }

    /// <summary>Decides what fails; <see langword="null"/>: nothing does. Locks outside Secure EPT entries can be held, and interrupts come where a function looks for one.</summary>
    public IFaultInjector? Injector
    {
        get => Locks.Injector;
        set => (Locks.Injector, Interrupts.Injector) = (value, value);
    }

    internal ModuleState State { get; }

    /// <summary>The TD of a root page; <see langword="null"/> when the page is none.</summary>
    /// <param name="tdr">The page.</param>
    public Td? FindTd(Pfn tdr) => State.FindTd(tdr);

    /// <summary>The vCPU of a root page; <see langword="null"/> when the page is none.</summary>
    /// <param name="tdvpr">The page.</param>
    public TdVcpu? FindVcpu(Pfn tdvpr) => State.FindVcpu(tdvpr);

    /// <summary>A call of the host (SEAMCALL).</summary>
    /// <param name="function">The leaf.</param>
    /// <param name="registers">The operands.</param>
    /// <param name="version">RAX 23:16.</param>
    /// <param name="processor">The logical processor that calls.</param>
    /// <returns>Status and registers.</returns>
    /// <exception cref="OutsideModelException">The model has no such function, or its sources do not say what it answers here.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public TdxResult Seamcall(TdxFunction function, in TdxRegisters registers, int version = 0, int processor = 0)
    {
        var known = HostFunctionTable.Find(function) is { } found && (!found.NeedsDynamicPamt || Platform.Version.HasDynamicPamt)
            ? found
            : throw new OutsideModelException("MB-61", $"SEAMCALL leaf {(int)function}");
        var call = new HostCall(State, known, registers, version, processor);
        var refusal = known.Decide(ref call, State.Rules);
        if (refusal is null)
        {
            known.Commit(ref call);
            refusal = call.Stopped;
        }

        if (refusal is not null)
        {
            Refuse(ref call, refusal);
        }

        if (known.Finish is not null)
        {
            Finish(ref call);
        }

        if (Observer is not null)
        {
            Tell(call);
        }

        return call.Result;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer) => State.WriteState(ref writer);

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader) => State.ReadState(ref reader);

    // What most calls do not come to is not inlined: room for it on the stack is zeroed on every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refuse(ref HostCall call, Check<HostCall, TdxAnswer> refusal)
    {
        var answer = refusal.Answer;
        CallResidue.Leave(ref call, answer.Residue);
        call.Result = answer.Registers switch
        {
            AnswerRegisters.Metadata => new(answer.Status, refusal, (ulong)call.PageMetadata.Type, call.PageMetadata.Owner.Address.Value, (ulong)call.PageSize),
            AnswerRegisters.Entry => EntryInfo.Of(call, answer.Status, refusal),
            AnswerRegisters.CleanEntry => EntryInfo.Of(call, answer.Status, refusal, clean: true),
            AnswerRegisters.Kept => new(answer.Status, refusal, call.Registers.Rcx, call.Registers.Rdx),
            _ => new(answer.Status, refusal),
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Finish(ref HostCall call) => call.Result = call.Function.Finish!(call, call.Result);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Tell(in HostCall call) =>
        Observer?.OnOperation(this, new(TdxOperationKind.HostCall, call.Function.Function, default, call.Registers, call.Result));
}
