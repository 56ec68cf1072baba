using Xunit;

namespace GuestMemory.Tdx.Tests.Invariants;

public sealed class KeyShadowTests
{
    private static readonly CacheWriteBack s_open = new(true, 0, 0);
    private readonly TdxModule _module = new(TdxWorld.Recorded with { Packages = 2 });

    [Fact]
    public void All_private_keys_are_remembered_the_last_too()
    {
        var all = KeyShadow.All(_module.Platform).ToArray();
        Assert.Equal((_module.Platform.FirstPrivateHkid, _module.Platform.LastPrivateHkid), (all[0], all[^1]));
        Assert.True(new KeyShadow(_module.State).IsLike(_module.State));
    }

    [Fact]
    public void A_write_back_that_was_open_at_the_start_began_with_every_key()
    {
        _module.State.CacheWriteBacks[0] = s_open;
        Assert.True(new KeyShadow(_module.State).BegunWith(1, 0));
    }

    [Fact]
    public void One_that_is_not_open_begins_with_the_keys_flushed_now()
    {
        Flush(1);
        var shadow = new KeyShadow(_module.State);
        Assert.Equal([false, true, false, false], Begun(shadow, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void One_that_is_open_began_with_the_keys_flushed_before_it(int package)
    {
        Flush(1);
        Flush(3);
        var shadow = new KeyShadow(_module.State);
        _module.State.CacheWriteBacks[package] = s_open;
        Flush(2);
        shadow.Follow(_module.State);
        Assert.Equal([false, true, false, true], Begun(shadow, package));
        Assert.Equal([false, true, true, true], Begun(shadow, 1 - package));
        shadow.Follow(_module.State);
        Assert.Equal([false, true, false, true], Begun(shadow, package));
    }

    private static bool[] Begun(KeyShadow shadow, int package) => [.. Enumerable.Range(0, 4).Select(index => shadow.BegunWith(index, package))];

    private void Flush(int index) => _module.Keys[new((ushort)(_module.Platform.FirstPrivateHkid.Value + index))] = HkidState.Flushed;
}
