namespace GuestMemory.Tests;

/// <summary>Chooses as <see cref="LowestFirst"/> does and writes down what was asked for.</summary>
internal sealed class RecordingChoice : IFrameChoice
{
    public List<(int Order, ulong Most)> Requests { get; } = [];

    public bool TryChoose(FramePool pool, in FrameRequest request, out PfnRange frames)
    {
        Requests.Add((request.Order, request.Most));
        return LowestFirst.Instance.TryChoose(pool, request, out frames);
    }
}
