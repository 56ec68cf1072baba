namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>Which fields make which state, found by decoding every combination.</summary>
internal static class StateEncoding
{
    public static readonly string[] Columns = ["state", "Assigned", "Validated", "ASID", "Immutable", "GPA", "VMSA", "own bit", "meaning"];

    private static readonly bool[] s_both = [false, true];

    public static IEnumerable<string[]> Rows() =>
        Entries().GroupBy(entry => entry.State).OrderBy(group => group.Key).Where(group => group.Key != RmpPageState.Invalid).Select(group => new[]
        {
            group.Key.Name(),
            Field(group, entry => entry.Assigned), Field(group, entry => entry.Validated), Field(group, entry => entry.Asid.IsGuest, ">0"),
            Field(group, entry => entry.Immutable), Field(group, entry => entry.Gpa.Value != 0, ">0"), Field(group, entry => entry.Vmsa), Field(group, entry => entry.IommuBuffer), group.Key.Summary(),
        });

    private static IEnumerable<RmpEntry> Entries() =>
        from assigned in s_both
        from validated in s_both
        from asid in new uint[] { 0, 1 }
        from immutable in s_both
        from gpa in new ulong[] { 0, 0x1000 }
        from vmsa in s_both
        from buffer in s_both
        select new RmpEntry { Assigned = assigned, Validated = validated, Asid = new(asid), Immutable = immutable, Gpa = new(gpa), Vmsa = vmsa, IommuBuffer = buffer };

    private static string Field(IEnumerable<RmpEntry> entries, Func<RmpEntry, bool> read, string set = "1") =>
        entries.Select(read).Distinct().ToArray() is [var only] ? only ? set : "0" : "any";
}
