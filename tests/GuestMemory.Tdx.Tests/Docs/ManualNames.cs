namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>Intel's names of things, as the doc comments give them or as the identifiers spell them.</summary>
internal static class ManualNames
{
    private static readonly char[] s_ends = [':', '.', ' '];

    /// <summary>The name a value's doc comment begins with: "TDX_OPERAND_BUSY".</summary>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum
    {
        var summary = TdxDocs.Comments.Of(value);
        return summary[..summary.IndexOfAny(s_ends)];
    }

    /// <summary>What the doc comment says after the name.</summary>
    public static string MeaningOf<TEnum>(TEnum value)
        where TEnum : struct, Enum => TdxDocs.Comments.Of(value)[Of(value).Length..].TrimStart(s_ends).TrimEnd('.');

    /// <summary>The identifier in capitals: "SEPT_TREE".</summary>
    public static string Capitals<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        string.Concat($"{value}".Select((letter, at) => at > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));

    public static string Name(this SeptEntryState state) => Of(state).Replace("SEPT_", "", StringComparison.Ordinal);

    /// <summary>One or two letters a word: "PXDW" for PENDING_EXPORTED_DIRTY_BLOCKEDW.</summary>
    public static string Short(this SeptEntryState state) => string.Concat(state.Name().Split('_').Select(word => word switch
    {
        "BLOCKEDW" => "W",
        "EXPORTED" => "X",
        "NL" => "NL",
        _ => word[..1],
    }));

    /// <summary>"TDH.MEM.PAGE.AUG".</summary>
    public static string Name(this TdxFunction function) => HostFunctionTable.Find(function)?.Name ?? GuestFunctionTable.Find(function)!.Name;

    /// <summary>"MEM.PAGE.AUG"; of a guest's function the whole name.</summary>
    public static string Short(this TdxFunction function) => function.Name().Replace("TDH.", "", StringComparison.Ordinal);
}
