using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Tdx.Tests.Replay;

public sealed class RecordedInvariantsTests
{
    // tdx.md, 13: what the module's own code did breaks none of them, apart from the quirks its version names.
    [Theory]
    [InlineData("scenarios.jsonl.gz", 3_419)]
    [InlineData("random.jsonl.gz", 14_660)]
    public void No_recorded_operation_breaks_an_invariant(string file, long operations)
    {
        var result = new ReplayRunner(new CheckedReplay()).Replay(Path.Combine(TdxRecordings.Folder, file));

        Assert.Empty(result.Errors);
        Assert.Equal(operations, result.Counts.Agreed);
    }

    // Begins anew after what the recorder forced, which is no operation of the module.
    private sealed class CheckedReplay : IReplaySystem
    {
        private readonly TdxReplay _replay;
        private (TdxModule Module, TdxChecker Checker) _checked;

        public CheckedReplay() => _replay = new(observers: Check);

        public bool Understands(ReadOnlySpan<byte> environment) => _replay.Understands(environment);

        public void Configure(ReadOnlySpan<byte> meta) => _replay.Configure(meta);

        public void StartCase() => _replay.StartCase();

        public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
        {
            var applied = _replay.TryApply(operation, arguments, ref outcome);
            if (operation.StartsWith("emu."u8))
            {
                _checked.Checker.Restart(_checked.Module);
            }

            return applied;
        }

        public string DescribeState() => _replay.DescribeState();

        private TdxChecker Check(TdxModule module)
        {
            _checked = (module, new(module));
            return _checked.Checker;
        }
    }
}
