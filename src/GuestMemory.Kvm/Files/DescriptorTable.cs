namespace GuestMemory.Kvm;

/// <summary>The process's descriptors and open files. A new descriptor is the lowest free one. Not thread-safe.</summary>
public sealed class DescriptorTable : IStateful
{
    private const int Closed = -1;
    private readonly List<OpenFile> _files = [];
    private readonly List<int> _descriptors = [];
    private readonly List<int> _lost = [];

    /// <summary>How many descriptor numbers are in use or below one that is.</summary>
    public int Count => _descriptors.Count;

    /// <summary>The open file behind a descriptor.</summary>
    /// <param name="descriptor">The descriptor; any number.</param>
    /// <param name="number">The open file's number.</param>
    /// <param name="file">The open file.</param>
    /// <returns><see langword="false"/> when the descriptor is not open (EBADF).</returns>
    public bool TryGet(int descriptor, out int number, out OpenFile file)
    {
        number = descriptor >= 0 && descriptor < _descriptors.Count ? _descriptors[descriptor] : Closed;
        file = number == Closed ? default : _files[number];
        return number != Closed;
    }

    /// <summary>The open file of a number, as an area's holder names it.</summary>
    /// <param name="number">The number.</param>
    public OpenFile File(int number) => _files[number];

    /// <summary>Opens a file under the lowest free descriptor.</summary>
    /// <param name="file">The file.</param>
    public int Open(OpenFile file)
    {
        var number = _files.FindIndex(open => open.Kind == OpenFileKind.None);
        if (number < 0)
        {
            number = _files.Count;
            _files.Add(file);
        }
        else
        {
            _files[number] = file;
        }

        return Install(number);
    }

    /// <summary>A second descriptor of an open file.</summary>
    /// <param name="number">The open file's number.</param>
    public int Install(int number)
    {
        var descriptor = _descriptors.IndexOf(Closed);
        if (descriptor < 0)
        {
            descriptor = _descriptors.Count;
            _descriptors.Add(number);
        }
        else
        {
            _descriptors[descriptor] = number;
        }

        return descriptor;
    }

    /// <summary>Closes a descriptor.</summary>
    /// <param name="descriptor">An open descriptor.</param>
    public void Close(int descriptor)
    {
        _descriptors[descriptor] = Closed;
        while (_descriptors.Count > 0 && _descriptors[^1] == Closed)
        {
            _descriptors.RemoveAt(_descriptors.Count - 1);
        }
    }

    /// <summary>Whether any descriptor refers to an open file.</summary>
    /// <param name="number">The open file's number.</param>
    public bool IsReferenced(int number) => _descriptors.Contains(number) || _lost.Contains(number);

    /// <summary>The open files that a call took a reference to and never gave back, in order: none, on a kernel without that bug.</summary>
    public IReadOnlyList<int> LostReferences => _lost;

    internal void LoseReference(int number)
    {
        var at = _lost.BinarySearch(number);
        if (at < 0)
        {
            _lost.Insert(~at, number);
        }
    }

    /// <summary>Whether any open file is of a thing.</summary>
    /// <param name="file">Kind and number.</param>
    public bool IsOpen(OpenFile file) => _files.Contains(file);

    /// <summary>The open file is gone; its number is free.</summary>
    /// <param name="number">The open file's number.</param>
    public void Forget(int number)
    {
        _files[number] = default;
        while (_files.Count > 0 && _files[^1].Kind == OpenFileKind.None)
        {
            _files.RemoveAt(_files.Count - 1);
        }
    }

    /// <summary>Finds the descriptors of a kind and thing.</summary>
    /// <param name="file">Kind and number.</param>
    public int Find(OpenFile file)
    {
        for (var descriptor = 0; descriptor < _descriptors.Count; descriptor++)
        {
            if (_descriptors[descriptor] != Closed && _files[_descriptors[descriptor]] == file)
            {
                return descriptor;
            }
        }

        return Closed;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_files.Count);
        foreach (var file in _files)
        {
            writer.Byte((byte)file.Kind);
            writer.Int32(file.Object);
        }

        writer.Int32(_descriptors.Count);
        foreach (var number in _descriptors)
        {
            writer.Int32(number);
        }

        writer.Int32(_lost.Count);
        foreach (var number in _lost)
        {
            writer.Int32(number);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _files.Clear();
        _descriptors.Clear();
        _lost.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            _files.Add(new((OpenFileKind)reader.Byte(), reader.Int32()));
        }

        for (var left = reader.Count(); left > 0; left--)
        {
            var number = reader.Int32();
            _descriptors.Add(number == Closed || (number >= 0 && number < _files.Count)
                ? number
                : throw new FormatException($"A descriptor is of open file {number}, and there are {_files.Count}."));
        }

        for (var left = reader.Count(); left > 0; left--)
        {
            LoseReference(reader.Int32());
        }
    }
}
