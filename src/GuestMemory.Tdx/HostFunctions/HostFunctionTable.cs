namespace GuestMemory.Tdx;

/// <summary>The module's functions for the host, by number.</summary>
public static class HostFunctionTable
{
    private static readonly HostFunction[] s_all =
        [.. LifecycleFunctions.All.Concat(MemoryFunctions.All).Concat(MigrationFunctions.All).OrderBy(function => function.Function)];

    private static readonly HostFunction?[] s_byNumber = ByNumber();

    /// <summary>All of them, in the order of their numbers.</summary>
    public static IReadOnlyList<HostFunction> All => s_all;

    /// <summary>A function by its number.</summary>
    /// <param name="function">The number.</param>
    /// <returns><see langword="null"/> when the model has no such function.</returns>
    public static HostFunction? Find(TdxFunction function) => (uint)function < (uint)s_byNumber.Length ? s_byNumber[(int)function] : null;

    private static HostFunction?[] ByNumber()
    {
        var table = new HostFunction?[128];
        foreach (var function in s_all)
        {
            table[(int)function.Function] = function;
        }

        return table;
    }
}
