using Xunit.Abstractions;
using Xunit.Sdk;

namespace GuestMemory.Mutation;

/// <summary>Hears what xUnit says: the tests found, the first that failed, and the end. After a failure no other test is begun.</summary>
internal sealed class MessageSink : IMessageSink, IDisposable
{
    private readonly ManualResetEventSlim _ended = new();

    public List<IXunitTestCase> Found { get; } = [];

    public string? Failed { get; private set; }

    public ITestCase? FailedCase { get; private set; }

    public void Wait() => _ended.Wait();

    public void Dispose() => _ended.Dispose();

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage { TestCase: IXunitTestCase found }:
                Found.Add(found);
                break;
            case ITestFailed failed:
                Failed ??= failed.Test.DisplayName;
                FailedCase ??= failed.TestCase;
                break;
            case IErrorMessage or ITestAssemblyCleanupFailure or ITestCollectionCleanupFailure or ITestClassCleanupFailure or ITestCaseCleanupFailure or ITestMethodCleanupFailure or ITestCleanupFailure:
                Failed ??= message.GetType().Name;
                break;
            case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                _ended.Set();
                break;
            default:
                break;
        }

        return Failed is null;
    }
}
