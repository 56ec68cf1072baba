namespace GuestMemory.Tdx.Tests.Lifecycle;

/// <summary>Worlds the functions of a TD's life are tried in, and a call of each that goes through there or nearly.</summary>
internal static class LifecycleWorlds
{
    public const ulong Tdr = TdxWorld.FirstTdmr;
    public const ulong Free = 0x40400000;
    public const ulong Outside = 0x2000000;
    public const ulong Reserved = 0x50000000;
    public const ulong Pairs = 0x41000000;

    public static ulong Vcpu => TdxWorld.Vcpu();

    public static ulong WithKey(ulong address) => address | (33UL << 46);

    public static Pfn Frame(ulong address) => new Spa(address).Frame;

    public static TdxPlatform Dynamic => TdxWorld.Recorded with { Version = new("dynamic") { HasDynamicPamt = true } };

    /// <summary>A TD that is being built, and a vCPU without VP.INIT.</summary>
    public static TdxWorld Building() => Building(TdxWorld.Recorded);

    public static TdxWorld Building(TdxPlatform platform)
    {
        var world = new TdxWorld(platform);
        if (platform.Version.HasDynamicPamt)
        {
            world.Expect(TdxFunction.PhymemPamtAdd, Tdr | 1, Pairs, Pairs + 4096);
        }

        world.BuildTd(vcpus: 0, finalize: false);
        world.AddVcpu(Tdr, 0, processor: 0, initialize: false);
        return world;
    }

    /// <summary>A running TD with one vCPU on processor 0.</summary>
    public static TdxWorld Running()
    {
        var world = new TdxWorld();
        world.BuildTd();
        return world;
    }

    /// <summary>A TD whose key is gone.</summary>
    public static TdxWorld Ended()
    {
        var world = Running();
        world.EndTd();
        return world;
    }

    /// <summary>A world, then something done to its TD.</summary>
    public static Func<TdxWorld> With(Func<TdxWorld> world, Action<TdxWorld, Td> change) => () =>
    {
        var made = world();
        change(made, made.Module.FindTd(Frame(Tdr))!);
        return made;
    };

    /// <summary>A world where another processor holds a lock.</summary>
    public static Func<TdxWorld> Held(Func<TdxWorld> world, HeldLock held) => With(world, (made, _) => made.Module.Locks.Take(held, exclusive: true));

    /// <summary>A call of a function with the TD or vCPU it names, at a version.</summary>
    public static TdxResult Try(TdxWorld world, TdxFunction function, ulong named, int version = 0)
    {
        if (function == TdxFunction.MngInit)
        {
            new TdParameters().WriteTo(world.Module.Memory.Contents, new(TdxWorld.Parameters));
        }

        return function switch
        {
            TdxFunction.MngAddcx or TdxFunction.VpCreate or TdxFunction.VpAddcx => world.Call(function, Free, named, version: version),
            TdxFunction.MrExtend => world.Call(function, 0x1000, named, version: version),
            TdxFunction.MngInit => world.Call(function, named, TdxWorld.Parameters, version: version),
            TdxFunction.MngCreate => world.Call(function, Free, 34, version: version),
            _ => world.Call(function, named, version: version),
        };
    }
}
