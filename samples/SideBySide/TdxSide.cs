using GuestMemory;
using GuestMemory.Kvm;
using GuestMemory.Tdx;

/// <summary>Intel TDX, with a host that relocates pages, and a guest that takes #VE for pages it has not accepted.</summary>
internal sealed class TdxSide() : Side("TDX", TdxVm.Instance, machine => new PamtOwnershipTable(machine, new() { Hypothetical = new() { Relocates = true } }))
{
    private TdxHost Host => ((PamtOwnershipTable)Machine.Ownership).Host;

    public override Answer Accept(ulong page)
    {
        var exit = Call(TdxGuestFunction.PageAccept, At + (page * Page));
        return exit.Reason == ExitReason.Hlt ? new($"{new TdxStatus(exit.Value).Code}", exit.DecidedBy) : Show(exit);
    }

    protected override KvmResult Create()
    {
        var made = Command(TdxCommand.InitVm, 0, 48);
        made = made.IsSuccess ? Kvm.CreateVcpu(Vm) : made;
        return made.IsSuccess ? Command(TdxCommand.InitVcpu) : made;
    }

    protected override KvmResult Measure() => Command(TdxCommand.InitMemRegion, Memory, At, 1, 1) is { IsSuccess: false } refused ? refused : Command(TdxCommand.FinalizeVm);

    protected override VcpuExit AskToShare(ulong gpa) => Call(TdxGuestFunction.MapGpa, gpa | (1UL << 47), Page);

    protected override Answer MoveByTechnology(ulong page) => Answer.Of(Host.MovePage(Guest, new Gpa(At + (page * Page)).Frame));

    protected override string Exception(VcpuExit exit) => $"#VE: {(TdxAccessFault)exit.Value}";

    protected override ulong HostRead(Spa at) => Host.Module.HostRead(at, 8).Value;

    private VcpuExit Call(TdxGuestFunction function, ulong first, ulong second = 0)
    {
        ulong[] registers = [first, second, 0];
        return Kvm.GuestCall(Vm, (uint)function, registers);
    }

    private KvmResult Command(TdxCommand command, params ReadOnlySpan<ulong> words) =>
        Kvm.MemoryEncryptOp(Vm, (uint)command, Block(words)[..TdxCommandCall.ArgumentBytes]);
}
