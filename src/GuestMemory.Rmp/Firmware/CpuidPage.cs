namespace GuestMemory.Rmp;

/// <summary>A launch's page of CPUID answers: how many, two reserved fields, then 64 answers. Only the header is judged here; which answers a processor allows is outside the model.</summary>
internal static class CpuidPage
{
    private const ulong MostAnswers = 64;

    public static bool IsBad(FrameContents contents, Pfn frame) =>
        contents.Read(frame.Address, 4) > MostAnswers || contents.Read(frame.Address + 4, 4) != 0 || contents.Read(frame.Address + 8, 8) != 0;

    public static void Correct(FrameContents contents, Pfn frame)
    {
        contents.Write(frame.Address, 4, Math.Min(contents.Read(frame.Address, 4), MostAnswers));
        contents.Zero(frame.Address + 4, 12);
    }
}
