using System.IO.Hashing;

namespace GuestMemory.Testing;

/// <summary>The fingerprint of a state whose like things have no names: things are sorted by signature, and only those with equal ones are tried in every order.</summary>
internal sealed class CanonicalOrder
{
    private readonly ISymmetricSystem _system;
    private readonly byte[] _things;
    private readonly byte[] _places;
    private readonly ulong[] _signatures;
    private readonly List<(int Start, int Length)> _ties = [];
    private byte[] _buffer = new byte[1024];
    private UInt128 _least;

    public CanonicalOrder(ISymmetricSystem system)
    {
        _system = system;
        var groups = system.Groups.Count;
        if (groups > ThingOrder.Most || system.Groups.Any(size => size is < 1 or > ThingOrder.Most))
        {
            throw new ArgumentException($"A system has at most {ThingOrder.Most} groups of 1 to {ThingOrder.Most} like things; {system.Name} has [{string.Join(", ", system.Groups)}].");
        }

        _things = new byte[groups * ThingOrder.Most];
        _places = new byte[groups * ThingOrder.Most];
        _signatures = new ulong[groups * ThingOrder.Most];
    }

    public UInt128 Fingerprint()
    {
        _ties.Clear();
        for (var group = 0; group < _system.Groups.Count; group++)
        {
            Sort(group, _system.Groups[group]);
        }

        _least = UInt128.MaxValue;
        TryOrders(0);
        return _least;
    }

    private void Sort(int group, int size)
    {
        var first = group * ThingOrder.Most;
        for (var thing = 0; thing < size; thing++)
        {
            var signature = _system.Signature(group, thing);
            var at = first + thing;
            for (; at > first && _signatures[at - 1] > signature; at--)
            {
                (_signatures[at], _things[at]) = (_signatures[at - 1], _things[at - 1]);
            }

            (_signatures[at], _things[at]) = (signature, (byte)thing);
        }

        for (var start = first; start < first + size;)
        {
            var end = start + 1;
            while (end < first + size && _signatures[end] == _signatures[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                _ties.Add((start, end - start));
            }

            start = end;
        }
    }

    private void TryOrders(int tie)
    {
        if (tie == _ties.Count)
        {
            Look();
            return;
        }

        Permute(tie, _ties[tie].Length);
    }

    // Heap's way: each exchange gives the next order of the tie.
    private void Permute(int tie, int left)
    {
        if (left == 1)
        {
            TryOrders(tie + 1);
            return;
        }

        var start = _ties[tie].Start;
        for (var at = 0; at < left; at++)
        {
            Permute(tie, left - 1);
            var other = start + (left % 2 == 0 ? at : 0);
            (_things[other], _things[start + left - 1]) = (_things[start + left - 1], _things[other]);
        }
    }

    private void Look()
    {
        for (var group = 0; group < _system.Groups.Count; group++)
        {
            var first = group * ThingOrder.Most;
            for (var place = 0; place < _system.Groups[group]; place++)
            {
                _places[first + _things[first + place]] = (byte)place;
            }
        }

        var writer = new StateWriter(_buffer);
        _system.WriteOrdered(new(_things, _places), ref writer);
        _buffer = writer.Buffer;
        _least = UInt128.Min(_least, XxHash128.HashToUInt128(writer.Written));
    }
}
