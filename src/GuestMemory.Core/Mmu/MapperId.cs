using System.Globalization;

namespace GuestMemory;

/// <summary>One holder of mappings on a machine: a guest's table, a process, the direct map, the pins.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Which of that kind: a guest's or a process's number.</param>
public readonly record struct MapperId(MapperKind Kind, int Number)
{
    /// <summary>As one word of an outcome's information.</summary>
    public ulong ToInfo() => ((ulong)Kind << 32) | (uint)Number;

    /// <summary>"nested table 1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind switch
    {
        MapperKind.NestedTable => "nested table of guest",
        MapperKind.HostProcess => "host process",
        MapperKind.Pin => "long-term pin",
        MapperKind.DirectMap => "direct map",
        _ => "IOMMU domain",
    }} {Number}");
}
