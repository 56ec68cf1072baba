namespace GuestMemory.Tdx;

/// <summary>A place to start from, and what can be done there.</summary>
internal sealed class TdxScenario(SearchWorld world)
{
    private readonly List<TdxMove> _moves = [];
    private readonly List<Pfn> _vcpus = [];

    public SearchWorld World => world;

    public IReadOnlyList<TdxMove> Moves => _moves;

    /// <summary>The vCPUs that act, in the order they were first named.</summary>
    public IReadOnlyList<Pfn> Vcpus => _vcpus;

    /// <summary>A call of the host's.</summary>
    /// <param name="function">The function.</param>
    /// <param name="operands">Its operands in words, "td=0 gfn=1".</param>
    /// <param name="registers">Its operands.</param>
    /// <param name="processor">The processor that calls.</param>
    /// <param name="words">What the host writes for it.</param>
    public void Call(TdxFunction function, string operands, in TdxRegisters registers, int processor = 0, params IReadOnlyList<HostWord> words) =>
        Add(new(TdxMoveKind.HostCall, $"{HostFunctionTable.Find(function)!.Name} {operands}")
        {
            Function = function,
            Registers = registers,
            Processor = processor,
            Words = words,
        });

    /// <summary>A vCPU enters on a processor, leaves, and is flushed there.</summary>
    public void Run(int guest, int number, int processor)
    {
        var vcpu = SearchWorld.Vcpu(guest, number);
        var actor = ActorOf(vcpu);
        Add(new(TdxMoveKind.HostCall, $"TDH.VP.ENTER vcpu={guest}.{number} processor={processor}")
        {
            Function = TdxFunction.VpEnter,
            Registers = new(vcpu),
            Processor = processor,
            Actor = actor,
        });
        Add(new(TdxMoveKind.Exit, $"exit vcpu={guest}.{number}") { Vcpu = new Spa(vcpu).Frame, Actor = actor });
        Call(TdxFunction.VpFlush, $"vcpu={guest}.{number} processor={processor}", new(vcpu), processor);
    }

    /// <summary>ACCEPT at an address and level, and loads and stores there.</summary>
    public void Use(int guest, int number, ulong gpa, SeptLevel level = SeptLevel.Pt, bool accesses = true)
    {
        var vcpu = SearchWorld.Vcpu(guest, number);
        var (frame, actor, where) = (new Spa(vcpu).Frame, ActorOf(vcpu), $"vcpu={guest}.{number} gpa=0x{gpa:x}");
        Add(new(TdxMoveKind.GuestCall, $"TDG.MEM.PAGE.ACCEPT {where} level={level}")
        {
            Function = TdxFunction.GuestPageAccept,
            Registers = new(gpa | (ulong)level),
            Vcpu = frame,
            Actor = actor,
        });
        if (accesses)
        {
            Add(new(TdxMoveKind.GuestRead, $"read {where}") { Registers = new(gpa), Vcpu = frame, Actor = actor });
            Add(new(TdxMoveKind.GuestWrite, $"write {where}") { Registers = new(gpa, 0x100UL + (ulong)guest), Vcpu = frame, Actor = actor });
        }
    }

    /// <summary>The host reads and writes a page.</summary>
    public void Touch(string what, ulong page)
    {
        Add(new(TdxMoveKind.HostRead, $"host-read page={what}") { Registers = new(page) });
        Add(new(TdxMoveKind.HostWrite, $"host-write page={what}") { Registers = new(page) });
    }

    /// <summary>An interrupt comes.</summary>
    public void Interrupt() => Add(new(TdxMoveKind.Interrupt, "interrupt"));

    private void Add(TdxMove move) => _moves.Add(move);

    private int ActorOf(ulong vcpu)
    {
        var frame = new Spa(vcpu).Frame;
        if (!_vcpus.Contains(frame))
        {
            _vcpus.Add(frame);
        }

        return _vcpus.IndexOf(frame) + 1;
    }
}
