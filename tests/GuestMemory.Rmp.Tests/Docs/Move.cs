namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>One thing that can be done in a small world.</summary>
/// <param name="By">The instruction or command.</param>
/// <param name="With">Its operands, as far as they tell which way a page goes; empty for none.</param>
/// <param name="Do">Does it; a refusal is no error.</param>
/// <param name="Source">Of a command with two pages, the one it reads.</param>
/// <param name="IsBeginning">Whether the table is built anew: what a page was before means nothing.</param>
internal sealed record Move(string By, string With, Action<SnpPlatform> Do, Pfn? Source = null, bool IsBeginning = false);
