namespace GuestMemory.Benchmarks;

/// <summary>Answers for a frame; what the answer is made of is read to give it.</summary>
internal interface IFrameReader
{
    /// <summary>The answer, one word.</summary>
    ulong Read(uint frame);
}
