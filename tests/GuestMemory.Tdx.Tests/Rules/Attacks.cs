using GuestMemory.Tdx.Tests.Memory;

namespace GuestMemory.Tdx.Tests.Rules;

/// <summary>An attack for each rule of class security.</summary>
internal static partial class Attacks
{
    // The invariant that tells, by the part of the id after the slash.
    private static readonly Dictionary<string, string> s_points = new(StringComparer.Ordinal)
    {
        ["keys"] = "INV-TDX-15", ["page-range"] = "INV-TDX-6", ["page-free"] = "INV-TDX-6", ["blocked"] = "INV-TDX-8", ["tracked"] = "INV-TDX-8", ["op-state"] = "INV-TDX-10",
        ["state"] = "INV-TDX-3", ["table-there"] = "INV-TDX-3", ["children"] = "INV-TDX-12", ["empty"] = "INV-TDX-3", ["previous"] = "INV-TDX-9",
    };

    public static Attack Of(string id)
    {
        if (s_migration.TryGetValue(id, out var migration))
        {
            return migration;
        }

        if (s_life.TryGetValue(id, out var life))
        {
            return new(life.Invariant, rules => Again(life.World(), rules), module => life.Do(new(module)));
        }

        var function = MemoryFunctions.All.First(function => id.StartsWith(function.Name + "/", StringComparison.Ordinal)).Function;
        return OfMemory(function, id);
    }

    private static Attack OfMemory(TdxFunction function, string id)
    {
        GoodCall? call = null;
        return new(
            s_points[id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..]],
            rules =>
            {
                call = new(function, rules: rules);
                Spoil(call, function, id);
                return call.World.Module;
            },
            _ => [call!.Make().DecidedBy]);
    }

    private static void Spoil(GoodCall call, TdxFunction function, string id)
    {
        if (id == "TDH.MEM.PAGE.REMOVE/state")
        {
            // A table, which block and tracking do not keep from going.
            call.Registers = call.Registers with { Rcx = 1 };
            call.World.Unblock(0x2000);
            call.World.BlockAndTrack(1);
            return;
        }

        if (id.EndsWith("/tracked", StringComparison.Ordinal) || id == "TDH.MEM.TRACK/previous")
        {
            Stay(call.World, id.EndsWith("/tracked", StringComparison.Ordinal) ? 1UL : 0);
            return;
        }

        Spoiled.By(function, id).Spoil(call);
    }

    // A vCPU that entered in the epoch before and stays, or that stays while tracking is asked for twice.
    private static void Stay(MemoryWorld world, ulong back)
    {
        var vcpu = new TdVcpu(world.Td, new(0x40050)) { IsInitialized = true, Processor = 0, Epoch = world.Td.Epoch - back, IsInside = true };
        world.Td.VcpuList.Add(vcpu);
        world.Td.AssociatedVcpus++;
        world.Td.AddReference(vcpu.Epoch, 1);
        if (back == 0)
        {
            world.Track();
        }
    }

    // The same state in a module with other rules.
    private static TdxModule Again(TdxWorld world, RuleSwitches rules)
    {
        var again = new TdxModule(world.Module.Platform, rules: rules) { CachesTranslations = world.Module.CachesTranslations };
        var writer = new StateWriter([]);
        world.Module.WriteState(ref writer);
        world.Module.Memory.Contents.WriteState(ref writer);
        var reader = new StateReader(writer.Written.ToArray());
        again.ReadState(ref reader);
        again.Memory.Contents.ReadState(ref reader);
        return again;
    }
}
