using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>What was written where, and who may ever see it: the words guests wrote as private, and those everybody shares.</summary>
internal sealed class HostBooks
{
    private const ulong SecretMark = 0x5ec2_e700_0000_0000;
    private readonly Dictionary<(int Vm, ulong Page), ulong> _private = [];
    private readonly Dictionary<(int Vm, ulong Page), ulong> _shared = [];
    private ulong _words;

    public ulong NextSecret() => SecretMark + ++_words;

    public ulong NextShared() => 0x0bad_0000_0000 + ++_words;

    public void Wrote(int vm, ulong page, bool isPrivate, ulong word) => (isPrivate ? _private : _shared)[(vm, page)] = word;

    public void Forget(int vm, ulong first, ulong count)
    {
        for (var page = first; page < first + count; page++)
        {
            _private.Remove((vm, page));
        }
    }

    public void Discard(int vm, ulong page) => _shared.Remove((vm, page));

    /// <summary>A private read gives the last word; a page that is fresh gives nobody's.</summary>
    public void SeenPrivate(int vm, ulong page, ulong word)
    {
        if (_private.TryGetValue((vm, page), out var last))
        {
            Assert.Equal(last, word);
        }

        Assert.True(!IsSecret(word) || last == word, $"VM {vm} reads a secret that is not its own at page {page}");
    }

    public void SeenShared(int vm, ulong page, ulong word) => Assert.Equal(_shared.GetValueOrDefault((vm, page)), word);

    public static void SeenRaw(ulong word) => Assert.False(IsSecret(word), "a secret is seen outside its guest");

    private static bool IsSecret(ulong word) => word >> 40 == SecretMark >> 40;
}
