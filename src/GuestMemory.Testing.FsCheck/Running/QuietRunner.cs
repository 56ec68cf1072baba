using FsCheck;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace GuestMemory.Testing;

/// <summary>Runs a property without printing, and keeps how it ended.</summary>
internal sealed class QuietRunner : IRunner
{
    /// <summary>How it ended; <see langword="null"/> before.</summary>
    public TestResult? Result { get; private set; }

    /// <inheritdoc/>
    public void OnStartFixture(Type t)
    {
    }

    /// <inheritdoc/>
    public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
    {
    }

    /// <inheritdoc/>
    public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
    {
    }

    /// <inheritdoc/>
    public void OnFinished(string name, TestResult result) => Result = result;
}
