namespace GuestMemory.Testing;

/// <summary>What working on one chunk of states gave. Kept and used again.</summary>
internal sealed class ChunkResult
{
    private byte[] _bytes = new byte[1 << 12];
    private int _length;

    public List<Candidate> Candidates { get; } = [];

    /// <summary>What each state's steps came to, when that is asked for.</summary>
    public List<StateDegree> Degrees { get; } = [];

    /// <summary>Attempts that came to no end, when those are asked for.</summary>
    public List<RetryEdge> Retries { get; } = [];

    public SearchCounts Counts { get; set; }

    /// <summary>The first thing broken, if any.</summary>
    public Breach? Broken { get; set; }

    public ReadOnlySpan<byte> BytesOf(in Candidate candidate) => _bytes.AsSpan(candidate.Start, candidate.Length);

    public void Clear()
    {
        Candidates.Clear();
        Degrees.Clear();
        Retries.Clear();
        Counts = default;
        Broken = null;
        _length = 0;
    }

    /// <summary>Adds a state that will not be worked on: nothing of it is kept but that it is there.</summary>
    public void Add(UInt128 fingerprint, uint parent, uint step) => Candidates.Add(new(fingerprint, parent, step, 0, 0));

    public void Add(UInt128 fingerprint, uint parent, uint step, StateParts after, ulong changed, StateParts before)
    {
        var length = after.LengthWith(changed, before);
        if (_bytes.Length - _length < length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(2 * _bytes.Length, _length + length));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            _bytes = larger;
        }

        after.Store(changed, before, _bytes.AsSpan(_length, length));
        Candidates.Add(new(fingerprint, parent, step, _length, length));
        _length += length;
    }
}
