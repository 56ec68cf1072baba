namespace GuestMemory.Tdx.Tests;

/// <summary>A module on the machine of the recordings (tests/recordings/tdx/README.md), with shorthand for calls on it.</summary>
internal sealed class TdxWorld
{
    /// <summary>First frame of the first TDMR.</summary>
    public const ulong FirstTdmr = 0x40000000;

    /// <summary>First frame of the second TDMR.</summary>
    public const ulong SecondTdmr = 0x1_0000_0000;

    /// <summary>Where the host writes TD_PARAMS: memory of its own.</summary>
    public const ulong Parameters = 0x10_0000;

    public TdxWorld(TdxPlatform? platform = null, RuleSwitches? rules = null) => Module = new(platform ?? Recorded, rules: rules);

    /// <summary>The recordings' machine: plain memory, two TDMRs of 1 GiB, one reserved area.</summary>
    public static TdxPlatform Recorded { get; } = new(
        new Tdmr(new(FirstTdmr), 1UL << 30) { ReservedAreas = [new(new(0x50000), 0x100)] },
        new Tdmr(new(SecondTdmr), 1UL << 30))
    {
        Integrity = MemoryIntegrity.None,
    };

    public TdxModule Module { get; }

    /// <summary>A TD made without calls: alive, six control pages from <paramref name="tdr"/> on, tables for guest addresses 0 to 2 MiB.</summary>
    public Td AddTd(ulong tdr = FirstTdmr, ushort hkid = 33, TdxOpState opState = TdxOpState.Runnable)
    {
        var root = new Spa(tdr).Frame;
        var td = new Td(root, new(hkid)) { Lifecycle = TdLifecycle.KeysConfigured, OpState = opState, Epoch = 1, ConfiguredPackages = 1, DisablesPendingVe = true };
        Module.Keys[td.Hkid] = HkidState.Assigned;
        Module.Keys.MakeKey(td.Hkid);
        Module.Pamt.Write(PageSize.Size4K, root, new(PageType.Tdr, default, 0));
        for (var page = 1UL; page <= Td.FewestControlPages; page++)
        {
            Module.Pamt.Write(PageSize.Size4K, root + page, new(PageType.Tdcx, root, 0));
            td.ControlPageList.Add(root + page);
            td.ChildCount++;
        }

        td.Sept = new(td.ControlPageList[Td.SeptRootPage], SeptLevel.Pml4);
        Module.State.Add(td);
        return td;
    }

    /// <summary>A TD made by calls as the recordings make theirs: root page, six control pages, vCPUs of a root page and five control pages each; finalised unless not wanted.</summary>
    /// <remarks>The pages follow each other from <paramref name="tdr"/> on; the first vCPU's root page is the eighth (<see cref="Vcpu"/>).</remarks>
    public Td BuildTd(ulong tdr = FirstTdmr, ushort hkid = 33, int vcpus = 1, TdParameters? parameters = null, bool finalize = true)
    {
        Expect(TdxFunction.MngCreate, tdr, hkid);
        for (var package = 0; package < Module.Platform.Packages; package++)
        {
            Expect(TdxFunction.MngKeyConfig, tdr, processor: package * Module.Platform.ProcessorsPerPackage);
        }

        for (var page = 1; page <= Td.FewestControlPages; page++)
        {
            Expect(TdxFunction.MngAddcx, Page(tdr, page), tdr);
        }

        InitTd(tdr, parameters ?? new());
        for (var vcpu = 0; vcpu < vcpus; vcpu++)
        {
            AddVcpu(tdr, vcpu, processor: vcpu);
        }

        if (finalize)
        {
            Expect(TdxFunction.MrFinalize, tdr);
        }

        return Module.FindTd(new Spa(tdr).Frame)!;
    }

    /// <summary>The root page of a built TD's vCPU.</summary>
    public static ulong Vcpu(int number = 0, ulong tdr = FirstTdmr) => Page(tdr, 1 + Td.FewestControlPages + (number * (1 + TdVcpu.FewestControlPages)));

    /// <summary>VP.CREATE, VP.ADDCX and VP.INIT of a built TD's next vCPU.</summary>
    public void AddVcpu(ulong tdr, int number, int processor, bool initialize = true)
    {
        var root = Vcpu(number, tdr);
        Expect(TdxFunction.VpCreate, root, tdr);
        for (var page = 1; page <= TdVcpu.FewestControlPages; page++)
        {
            Expect(TdxFunction.VpAddcx, Page(root, page), root);
        }

        if (initialize)
        {
            Expect(TdxFunction.VpInit, root, processor: processor);
        }
    }

    /// <summary>MNG.INIT with parameters the host wrote to its own memory.</summary>
    public TdxResult Init(ulong tdr, TdParameters parameters)
    {
        parameters.WriteTo(Module.Memory.Contents, new(Parameters));
        return Call(TdxFunction.MngInit, tdr, Parameters);
    }

    /// <summary>VPFLUSHDONE, CACHE.WB on every package, KEY.FREEID; the TD's vCPUs are flushed first.</summary>
    public void EndTd(ulong tdr = FirstTdmr)
    {
        foreach (var vcpu in Module.FindTd(new Spa(tdr).Frame)!.Vcpus)
        {
            if (vcpu.Processor is { } processor)
            {
                Expect(TdxFunction.VpFlush, vcpu.Tdvpr.Address.Value, processor: processor);
            }
        }

        Expect(TdxFunction.MngVpFlushDone, tdr);
        for (var package = 0; package < Module.Platform.Packages; package++)
        {
            Expect(TdxFunction.PhymemCacheWb, 0, processor: package * Module.Platform.ProcessorsPerPackage);
        }

        Expect(TdxFunction.MngKeyFreeid, tdr);
    }

    /// <summary>A call that must succeed.</summary>
    public TdxResult Expect(TdxFunction function, ulong rcx, ulong rdx = 0, ulong r8 = 0, ulong r9 = 0, int version = 0, int processor = 0)
    {
        var result = Call(function, rcx, rdx, r8, r9, version, processor);
        return result.Status.IsSuccess ? result : throw new InvalidOperationException($"{function} of 0x{rcx:x}, 0x{rdx:x}: {result}");
    }

    /// <summary>Everything the module keeps, as bytes.</summary>
    public byte[] State()
    {
        var writer = new StateWriter([]);
        Module.WriteState(ref writer);
        return writer.Written.ToArray();
    }

    public TdxResult Call(TdxFunction function, ulong rcx, ulong rdx = 0, ulong r8 = 0, ulong r9 = 0, int version = 0, int processor = 0) =>
        Module.Seamcall(function, new(rcx, rdx, r8, r9), version, processor);

    private static ulong Page(ulong start, int number) => start + ((ulong)number * 4096);

    private void InitTd(ulong tdr, TdParameters parameters)
    {
        if (Init(tdr, parameters) is { Status.IsSuccess: false } refused)
        {
            throw new InvalidOperationException($"{TdxFunction.MngInit}: {refused}");
        }
    }
}
