using System.Runtime.CompilerServices;

namespace GuestMemory.Testing;

/// <content>How a promise says what it expects. Where no words are given, the expression itself is what was expected.</content>
public abstract partial class Contract
{
    private protected void Holds(bool condition, string found = "that it does not hold", [CallerArgumentExpression(nameof(condition))] string expected = "")
    {
        if (!condition)
        {
            throw Broken(expected, found);
        }
    }

    private protected void HoldsNot(bool condition, string found = "that it holds", [CallerArgumentExpression(nameof(condition))] string unwanted = "")
    {
        if (condition)
        {
            throw Broken($"not {unwanted}", found);
        }
    }

    private protected void Equal<T>(T expected, T found, [CallerArgumentExpression(nameof(found))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            throw Broken($"{what} to be {Words(expected)}", Words(found));
        }
    }

    private protected void NotEqual<T>(T unwanted, T found, [CallerArgumentExpression(nameof(found))] string what = "")
    {
        if (EqualityComparer<T>.Default.Equals(unwanted, found))
        {
            throw Broken($"{what} to be another", Words(found));
        }
    }

    private protected void EqualAll<T>(IEnumerable<T> expected, IEnumerable<T> found, [CallerArgumentExpression(nameof(found))] string what = "")
    {
        T[] wanted = [.. expected];
        T[] there = [.. found];
        Holds(wanted.AsSpan().SequenceEqual(there), List(there), $"{what} to be {List(wanted)}");
    }

    private protected void Same(object? expected, object? found, [CallerArgumentExpression(nameof(found))] string what = "") =>
        Holds(ReferenceEquals(expected, found), Words(found), $"{what} to be the very object {Words(expected)}");

    private protected void InRange<T>(T found, T least, T most, [CallerArgumentExpression(nameof(found))] string what = "")
        where T : IComparable<T> =>
        Holds(found.CompareTo(least) >= 0 && found.CompareTo(most) <= 0, Words(found), $"{what} to be {Words(least)} to {Words(most)}");

    private protected void IsOneOf<T>(T found, params T[] expected) => Holds(expected.Contains(found), Words(found), $"one of {List(expected)}");

    private protected void Throws<TException>(Action step, [CallerArgumentExpression(nameof(step))] string what = "")
        where TException : Exception
    {
        try
        {
            step();
        }
        catch (TException)
        {
            return;
        }

        throw Broken($"{what} to throw {typeof(TException).Name}", "that it went through");
    }

    private protected void Unchanged(Snapshot before, string step)
    {
        if (before.FindChange() is { } change)
        {
            throw Broken($"{step} to change nothing", change);
        }
    }

    private static string Words<T>(T value) => value?.ToString() ?? "nothing";

    private static string List<T>(T[] values) => $"[{string.Join(", ", values)}]";

    private ContractException Broken(string expected, string found) => new(Name, _promise, expected, found);
}
