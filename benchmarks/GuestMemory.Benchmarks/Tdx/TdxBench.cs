using GuestMemory.Tdx;

namespace GuestMemory.Benchmarks;

/// <summary>A module with one TD that runs, its only vCPU inside, made by calls alone. Memory from 0 on is free; what the TD is made of lies behind it.</summary>
internal sealed class TdxBench
{
    private const ulong Gibibyte = 1UL << 30;
    private const ulong Room = Gibibyte;
    private static readonly Hkid s_hkid = new(33);
    private readonly Spa _parameters;
    private ulong _next;

    /// <summary>Makes module and TD.</summary>
    /// <param name="frames">Frames that stay free; a multiple of 1 GiB.</param>
    public TdxBench(ulong frames)
    {
        _next = frames << 12;
        _parameters = new((frames << 12) + Room);
        Module = new(new(new Tdmr(default, (frames << 12) + Room)));
        Tdr = TakePage();
        Do(Call(TdxFunction.MngCreate, Tdr, s_hkid.Value));
        Do(Call(TdxFunction.MngKeyConfig, Tdr));
        AddPages(TdxFunction.MngAddcx, Tdr, Td.FewestControlPages);
        TdParameters.Of().WriteTo(Module.Memory.Contents, _parameters);
        Do(Call(TdxFunction.MngInit, Tdr, _parameters.Value));
        var vcpu = TakePage();
        Do(Call(TdxFunction.VpCreate, vcpu, Tdr));
        AddPages(TdxFunction.VpAddcx, vcpu, TdVcpu.FewestControlPages);
        Do(Call(TdxFunction.VpInit, vcpu));
        Do(Call(TdxFunction.MrFinalize, Tdr));
        Vcpu = new Spa(vcpu).Frame;
        Do(Enter());
    }

    public TdxModule Module { get; }

    /// <summary>The TD's root page.</summary>
    public ulong Tdr { get; }

    /// <summary>The vCPU's root page.</summary>
    public Pfn Vcpu { get; }

    /// <summary>Makes the tables above entries of a level, for guest addresses from 0 on.</summary>
    public TdxBench AddTables(ulong end, SeptLevel level)
    {
        for (var above = SeptLevel.Pml4; above > level; above--)
        {
            for (var gpa = 0UL; gpa < end; gpa += above.FrameCount() << 12)
            {
                Do(AddTable(gpa, above));
            }
        }

        return this;
    }

    /// <summary>SEPT.ADD of the next free page.</summary>
    public bool AddTable(ulong gpa, SeptLevel level) => Call(TdxFunction.MemSeptAdd, gpa | (ulong)level, Tdr, TakePage());

    /// <summary>AUG; guest address and page are alike.</summary>
    public bool Augment(ulong at, SeptLevel level) => Call(TdxFunction.MemPageAug, at | (ulong)level, Tdr, at);

    /// <summary>The guest accepts a page.</summary>
    public bool Accept(ulong gpa, SeptLevel level)
    {
        var result = Module.Tdcall(TdxFunction.GuestPageAccept, Vcpu, new(gpa | (ulong)level));
        return result.Event == GuestEvent.Status && result.Status.IsSuccess;
    }

    /// <summary>The vCPU leaves.</summary>
    public TdxBench Leave()
    {
        Module.Exit(Vcpu);
        return this;
    }

    /// <summary>TRACK with the vCPU out, which then enters again: what was blocked is tracked.</summary>
    public bool Track()
    {
        Leave();
        return Call(TdxFunction.MemTrack, Tdr) && Enter();
    }

    public bool Call(TdxFunction function, ulong rcx, ulong rdx = 0, ulong r8 = 0) => Module.Seamcall(function, new(rcx, rdx, r8)).Status.IsSuccess;

    /// <summary>What must succeed.</summary>
    public static void Do(bool succeeded)
    {
        if (!succeeded)
        {
            throw new InvalidOperationException("A call that is measured, or prepares that, was refused.");
        }
    }

    private bool Enter() => Call(TdxFunction.VpEnter, Vcpu.Address.Value);

    private ulong TakePage()
    {
        var page = _next;
        _next += 1UL << 12;
        return page;
    }

    private void AddPages(TdxFunction function, ulong root, int count)
    {
        for (var page = 0; page < count; page++)
        {
            Do(Call(function, TakePage(), root));
        }
    }
}
