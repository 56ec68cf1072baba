using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GuestMemory.Kvm.Tests.Search;

/// <summary>A breadth-first search of the tests' own, as plain as can be.</summary>
internal static class SmallSearch
{
    /// <summary>Searches until something breaks, every state is seen, or a bound is met.</summary>
    public static Found Run(IStepSystem system, int mostStates, int mostDepth = int.MaxValue)
    {
        var buffer = new byte[1024];
        var seen = new HashSet<UInt128>();
        var nodes = new List<(byte[] State, int Parent, uint Step, int Depth)>();
        seen.Add(Write(system, ref buffer, out var first));
        nodes.Add((first, -1, 0, 0));
        var steps = new List<uint>();
        for (var at = 0; at < nodes.Count && nodes.Count < mostStates && nodes[at].Depth < mostDepth; at++)
        {
            StateReader.ReadWhole(nodes[at].State, system);
            steps.Clear();
            system.FindSteps(steps);
            foreach (var step in steps)
            {
                StateReader.ReadWhole(nodes[at].State, system);
                if (Breaks(system, step) is { } broken)
                {
                    return PathTo(system, nodes, at, step, broken);
                }

                if (seen.Add(Write(system, ref buffer, out var state)))
                {
                    nodes.Add((state, at, step, nodes[at].Depth + 1));
                }
            }
        }

        return new(null, [], [], nodes.Count);
    }

    /// <summary>Makes a step and names what it breaks.</summary>
    public static string? Breaks(IStepSystem system, uint step)
    {
        try
        {
            system.Apply(step);
        }
        catch (ModelInvariantException exception)
        {
            return exception.Invariant;
        }

        foreach (var property in system.Properties)
        {
            if (property.Kind != PropertyKind.Sometimes && property.Holds() != (property.Kind == PropertyKind.Always))
            {
                return property.Name;
            }
        }

        return null;
    }

    /// <summary>The state's bytes.</summary>
    public static byte[] StateOf(IStateful system)
    {
        var writer = new StateWriter([]);
        system.WriteState(ref writer);
        return writer.Written.ToArray();
    }

    private static UInt128 Write(IStepSystem system, ref byte[] buffer, out byte[] state)
    {
        var writer = new StateWriter(buffer);
        system.WriteState(ref writer);
        buffer = writer.Buffer;
        state = writer.Written.ToArray();
        return BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(state));
    }

    private static Found PathTo(IStepSystem system, List<(byte[] State, int Parent, uint Step, int Depth)> nodes, int last, uint step, string broken)
    {
        var numbers = new List<uint> { step };
        for (var at = last; at > 0; at = nodes[at].Parent)
        {
            numbers.Add(nodes[at].Step);
        }

        numbers.Reverse();
        StateReader.ReadWhole(nodes[0].State, system);
        var words = new List<string>();
        foreach (var number in numbers)
        {
            words.Add(system.Describe(number));
            Breaks(system, number);
        }

        return new(broken, [.. words], [.. numbers], nodes.Count);
    }
}
