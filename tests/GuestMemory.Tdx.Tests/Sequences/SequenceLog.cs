namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>What a sequence did and what it was answered: the last lines, a digest of all, and which rules decided.</summary>
internal sealed class SequenceLog
{
    private const int Kept = 30;
    private readonly Queue<string> _last = new();
    private ulong _all = 0xcbf2_9ce4_8422_2325;

    public SortedSet<string> Decided { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Done { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, int> Outside { get; } = new(StringComparer.Ordinal);

    public int Operations { get; private set; }

    public string Tail => string.Join('\n', _last);

    /// <summary>FNV-1a of every line.</summary>
    public string Digest => _all.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public void Add(string line, Rule? decidedBy, string? done)
    {
        Operations++;
        foreach (var letter in line)
        {
            _all = unchecked((_all ^ letter) * 0x100_0000_01b3);
        }

        _last.Enqueue(line);
        if (_last.Count > Kept)
        {
            _last.Dequeue();
        }

        if (decidedBy is not null)
        {
            Decided.Add(decidedBy.Id);
        }
        else if (done is not null)
        {
            Done.Add(done);
        }
    }

    public void AddOutside(string line, OutsideModelException outside)
    {
        Add($"{line}: {outside.Message}", null, null);
        Outside[outside.Message] = Outside.GetValueOrDefault(outside.Message) + 1;
    }
}
