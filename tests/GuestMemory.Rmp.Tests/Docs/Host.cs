namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>RMPUPDATE to every state it can give a page, at one guest address.</summary>
internal static class Host
{
    private static readonly bool[] s_both = [false, true];

    public static IEnumerable<Move> Updates(Pfn page, Asid guest, PageSize size = PageSize.Size4K) =>
        from operands in Operands(page, guest, size == PageSize.Size2M)
        select new Move("RMPUPDATE", TextOf(operands), platform => platform.RmpUpdate(operands));

    /// <summary>The same for each of a block's 512 pages.</summary>
    public static IEnumerable<Move> UpdatesOfEach(Pfn block, Asid guest) =>
        from operands in Operands(block, guest, isLarge: false)
        select new Move("RMPUPDATE", TextOf(operands), platform =>
        {
            for (var bytes = 0UL; bytes < PageSize.Size2M.Bytes(); bytes += PageSize.Size4K.Bytes())
            {
                platform.RmpUpdate(operands with { Address = operands.Address + bytes, GuestAddress = operands.GuestAddress + bytes });
            }
        });

    public static GuestWalk WalkTo(Pfn page) => new(page.Address.Value, GpaOf(page), page, PageSize.Size4K);

    public static string TextOf(in RmpUpdateOperands operands) => operands.Assigned
        ? $"assigned, {(operands.Asid.IsGuest ? "a guest's ASID" : "ASID 0")}{(operands.Immutable ? ", immutable" : "")}"
        : "not assigned";

    private static Gpa GpaOf(Pfn page) => new(page.Address.Value);

    private static IEnumerable<RmpUpdateOperands> Operands(Pfn page, Asid guest, bool isLarge) =>
        from assigned in s_both
        from asid in assigned ? [default, guest] : new[] { Asid.Hypervisor }
        from immutable in assigned ? s_both : [false]
        select new RmpUpdateOperands(page.Address, assigned, asid, GpaOf(page).Value, isLarge, immutable);
}
