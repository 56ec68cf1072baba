using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>What was written where: the words guests wrote as private, and those everybody shares.</summary>
internal sealed class TdxHostBooks
{
    private const ulong SecretMark = 0x5ec2_e700_0000_0000;
    private readonly Dictionary<(int Vm, ulong Page), ulong> _private = [];
    private readonly Dictionary<(int Vm, ulong Page), ulong> _shared = [];
    private ulong _words;

    public ulong Next(bool isPrivate) => (isPrivate ? SecretMark : 0x0bad_0000_0000) + ++_words;

    public void Wrote(int vm, ulong page, bool isPrivate, ulong word) => (isPrivate ? _private : _shared)[(vm, page)] = word;

    /// <summary>Private pages that lost their bytes, and nobody else's.</summary>
    public void Forget(int vm, ulong first, ulong count)
    {
        for (var page = first; page < first + count; page++)
        {
            _private.Remove((vm, page));
        }
    }

    public void Discard(int vm, ulong page) => _shared.Remove((vm, page));

    /// <summary>A read gives the last word; a private page that is fresh gives nobody's.</summary>
    public void Seen(int vm, ulong page, bool isPrivate, ulong word)
    {
        if (!isPrivate)
        {
            Assert.Equal(_shared.GetValueOrDefault((vm, page)), word);
        }
        else if (_private.TryGetValue((vm, page), out var last))
        {
            Assert.Equal(last, word);
        }
        else
        {
            Assert.True(word >> 40 != SecretMark >> 40, $"VM {vm} reads a secret at page {page} that was taken from it");
        }
    }
}
