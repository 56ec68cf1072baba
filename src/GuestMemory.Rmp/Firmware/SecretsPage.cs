namespace GuestMemory.Rmp;

/// <summary>What the firmware puts into a launch's secrets page: zeroes but for the guest's four message keys, which stand for random ones.</summary>
internal static class SecretsPage
{
    private const int FirstKey = 0x20;
    private const int KeyBytes = 4 * 32;

    public static void Fill(FrameContents contents, Pfn frame, ContentKey guest)
    {
        contents.Clear(new(frame, 1));
        for (var at = 0UL; at < KeyBytes; at += 16)
        {
            var (low, high) = (0UL, 0UL);
            ContentCipher.Encrypt(ref low, ref high, guest, at);
            contents.Write(frame.Address + FirstKey + at, 8, low);
            contents.Write(frame.Address + FirstKey + at + 8, 8, high);
        }
    }
}
