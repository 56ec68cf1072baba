namespace GuestMemory.Benchmarks;

/// <summary>Reads of random frames: one loop and one sequence of numbers for every kind of reader. Each call goes on where the last one stopped, so that nothing read is still near.</summary>
internal sealed class RandomFrames(uint frames)
{
    private Xorshift _random = new(0x9e3779b97f4a7c15);

    /// <summary>Reads that the processor may overlap.</summary>
    public ulong Independent<TReader>(TReader reader, int times)
        where TReader : struct, IFrameReader
    {
        var random = _random;
        var sum = 0UL;
        for (var time = 0; time < times; time++)
        {
            sum ^= reader.Read(random.Next(frames));
        }

        _random = random;
        return sum;
    }

    /// <summary>Reads of which each waits for the answer before it.</summary>
    public ulong Dependent<TReader>(TReader reader, int times)
        where TReader : struct, IFrameReader
    {
        var random = _random;
        for (var time = 0; time < times; time++)
        {
            random.Mix(reader.Read(random.Next(frames)));
        }

        _random = random;
        return random.Next(frames);
    }
}
