namespace GuestMemory.Tdx;

/// <summary>The key ownership table as it was, and which keys a package's write-back began with.</summary>
internal sealed class KeyShadow
{
    private readonly ulong[] _begunWith;
    private readonly bool[] _wasOpen;

    public KeyShadow(ModuleState state)
    {
        (_begunWith, _wasOpen) = (new ulong[state.Platform.Packages], new bool[state.Platform.Packages]);
        Array.Fill(_begunWith, ulong.MaxValue);
        Follow(state);
    }

    public HkidState[] States { get; private set; } = [];

    public uint[] Pending { get; private set; } = [];

    public static IEnumerable<Hkid> All(TdxPlatform platform)
    {
        for (int value = platform.FirstPrivateHkid.Value; value <= platform.LastPrivateHkid.Value; value++)
        {
            yield return new((ushort)value);
        }
    }

    /// <summary>Whether a key was flushed already when the package's write-back began.</summary>
    public bool BegunWith(int index, int package) => _wasOpen[package] ? (_begunWith[package] >> index & 1) != 0 : States[index] == HkidState.Flushed;

    public bool IsLike(ModuleState state)
    {
        var now = ReadStates(state);
        return States.AsSpan().SequenceEqual(now.States) && Pending.AsSpan().SequenceEqual(now.Pending);
    }

    public void Follow(ModuleState state)
    {
        for (var package = 0; package < _wasOpen.Length; package++)
        {
            if (state.CacheWriteBacks[package].IsOpen && !_wasOpen[package] && States.Length > 0)
            {
                _begunWith[package] = FlushedMask();
            }

            _wasOpen[package] = state.CacheWriteBacks[package].IsOpen;
        }

        (States, Pending) = ReadStates(state);
    }

    private static (HkidState[] States, uint[] Pending) ReadStates(ModuleState state)
    {
        var hkids = All(state.Platform).ToArray();
        return ([.. hkids.Select(hkid => state.Keys[hkid])], [.. hkids.Select(state.Keys.PendingWriteBacks)]);
    }

    private ulong FlushedMask()
    {
        var mask = 0UL;
        for (var index = 0; index < States.Length; index++)
        {
            mask |= States[index] == HkidState.Flushed ? 1UL << index : 0;
        }

        return mask;
    }
}
