namespace GuestMemory.Rmp;

/// <summary>What a direct map must keep beside a table, as far as its policy promises it.</summary>
public static class DirectMapInvariants
{
    /// <summary>INV-SNP-13: no mapping of 2M or more covers a block with both assigned and unassigned pages. Source: linux-sev-host.</summary>
    /// <param name="map">The direct map.</param>
    /// <param name="table">The table.</param>
    /// <returns>The head of the first block that breaks it; <see langword="null"/> when it holds.</returns>
    public static Pfn? FindMixedBlock(HostDirectMap map, ReverseMapTable table)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(table);
        foreach (var head in table.TouchedBlocks())
        {
            if (table.AssignedIn2M(head) is > 0 and < (int)ReverseMapTable.PagesPerBlock && map.MappingOf(head, out var size) && size != PageSize.Size4K)
            {
                return head;
            }
        }

        return null;
    }

    /// <summary>INV-SNP-14: no mapping of an assigned page. Source: physmap-split.</summary>
    /// <param name="map">The direct map.</param>
    /// <param name="table">The table.</param>
    /// <returns>The first page that breaks it; <see langword="null"/> when it holds.</returns>
    public static Pfn? FindExposedPage(HostDirectMap map, ReverseMapTable table)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(table);
        foreach (var head in table.TouchedBlocks())
        {
            for (var frame = head; table.AssignedIn2M(head) > 0 && frame < head + ReverseMapTable.PagesPerBlock; frame += 1)
            {
                if (table.Resolve(frame).Assigned && map.MappingOf(frame, out _))
                {
                    return frame;
                }
            }
        }

        return null;
    }
}
