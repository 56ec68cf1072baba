using System.Globalization;
using System.Text;

namespace GuestMemory.Testing.Tests.Replay;

/// <summary>A system with one number: enough vocabulary to reach every path of a replay.</summary>
internal sealed class TotalSystem : IReplaySystem
{
    public static readonly Rule Rounding = new("ADD/rounding", "A source, section 1", "an odd total");

    private ulong _total;

    /// <summary>What operations it was given, in order, from all cases.</summary>
    public List<string> Applied { get; } = [];

    public bool Understands(ReadOnlySpan<byte> environment) => environment.StartsWith("total"u8);

    public void Configure(ReadOnlySpan<byte> meta)
    {
        if (meta.IndexOf("\"broken\""u8) >= 0)
        {
            throw new FormatException("the meta line says it is broken");
        }
    }

    public void StartCase() => _total = 0;

    public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        Applied.Add(Encoding.UTF8.GetString(operation));
        switch (Applied[^1])
        {
            case "add":
                _total += arguments.UInt64("n"u8);
                break;
            case "add_even":
                _total += arguments.UInt64("n"u8) & ~1UL;
                outcome.DecidedBy = Rounding;
                break;
            case "look":
                outcome.Compared = false;
                return true;
            case "leave":
                throw new OutsideModelException("MB-7", "leaving");
            case "break":
                throw new InvalidOperationException("two\nlines");
            default:
                return false;
        }

        outcome.Text("result"u8, "OK"u8);
        outcome.Hex("total"u8, _total);
        return true;
    }

    public string DescribeState() => string.Create(CultureInfo.InvariantCulture, $"total {_total}");
}
