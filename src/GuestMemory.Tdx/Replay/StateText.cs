using System.Globalization;
using System.Text;

namespace GuestMemory.Tdx;

/// <summary>A module's state in lines of text, like neighbours together.</summary>
internal static class StateText
{
    public static string Of(TdxModule module)
    {
        var text = new StringBuilder();
        foreach (var td in module.Tds)
        {
            Append(text, td);
        }

        PamtRun? before = null;
        var count = 0UL;
        foreach (var run in module.Pamt.Runs())
        {
            if (before is { } last && run.Size == last.Size && run.Entry == last.Entry && run.Frame == last.Frame + (count * run.Size.FrameCount()))
            {
                count++;
                continue;
            }

            Append(text, before, count);
            (before, count) = (run, 1);
        }

        Append(text, before, count);
        return text.ToString();
    }

    private static void Append(StringBuilder text, PamtRun? run, ulong count)
    {
        if (run is { } first)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"pamt {first} ({count})");
        }
    }

    private static void Append(StringBuilder text, Td td)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"{td}, {td.Hkid}: {td.Lifecycle}, {td.OpState}, {td.ChildCount} children, epoch {td.Epoch} ({td.EvenReferences}, {td.OddReferences})");
        foreach (var vcpu in td.Vcpus)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {vcpu}: processor {vcpu.Processor?.ToString(CultureInfo.InvariantCulture) ?? "none"}, epoch {vcpu.Epoch}, {(vcpu.IsInside ? "inside" : "outside")}");
        }

        SeptRow? before = null;
        var count = 0UL;
        foreach (var row in td.Sept?.Rows() ?? [])
        {
            if (before is { } last && row.Level == last.Level && row.Entry.State == last.Entry.State && row.Gfn == last.Gfn + (count * row.Level.FrameCount()))
            {
                count++;
                continue;
            }

            Append(text, before, count);
            (before, count) = (row, 1);
        }

        Append(text, before, count);
    }

    private static void Append(StringBuilder text, SeptRow? row, ulong count)
    {
        if (row is { } first)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {first} ({count})");
        }
    }
}
