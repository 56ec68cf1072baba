using System.Security.Cryptography;
using System.Text;

namespace GuestMemory.Kvm.Tests.Recordings;

/// <summary>A replay that notes every rule that decided an answer, and can fold all answers into one hash.</summary>
internal sealed class CollectingReplay(MachineOptions? options = null) : IReplaySystem
{
    private readonly KvmReplay _replay = new(options);
    private readonly IncrementalHash _answers = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Ids of the rules that decided.</summary>
    public SortedSet<string> Deciders { get; } = new(StringComparer.Ordinal);

    /// <summary>A hash of every answer, in order, with the rule that decided it.</summary>
    public string Answers => Convert.ToHexString(_answers.GetCurrentHash());

    public bool Understands(ReadOnlySpan<byte> environment) => _replay.Understands(environment);

    public void Configure(ReadOnlySpan<byte> meta) => _replay.Configure(meta);

    public void StartCase() => _replay.StartCase();

    public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
    {
        var applied = _replay.TryApply(operation, arguments, ref outcome);
        _answers.AppendData(outcome.Json);
        if (outcome.DecidedBy is { } rule)
        {
            Deciders.Add(rule.Id);
            _answers.AppendData(Encoding.UTF8.GetBytes(rule.Id));
        }

        return applied;
    }

    public string DescribeState() => _replay.DescribeState();
}
