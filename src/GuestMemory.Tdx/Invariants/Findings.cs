namespace GuestMemory.Tdx;

/// <summary>What one invariant found: the first breach stays.</summary>
internal sealed class Findings
{
    private (string Where, string Text)? _first;

    public bool Any => _first is not null;

    public void Report(object where, string text) => _first ??= (where.ToString() ?? "", text);

    public void Clear() => _first = null;

    public TdxBreach? First(TdxInvariant invariant) => _first is { } found ? new(invariant, found.Where, found.Text) : null;
}
