using System.Text.RegularExpressions;
using GuestMemory.Kvm.Tests.Recordings;
using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Kvm.Tests.Rules;

public sealed partial class RuleTests
{
    public static TheoryData<string> Cases => [.. RuleCases.All.Keys];

    // Exemplar 16. A rule more or fewer announces itself here.
    [Fact]
    public void The_catalogue_holds_every_rule()
    {
        Assert.Equal(58, RuleCatalogue.KvmChecks.Count);
        Assert.Equal(104, RuleCatalogue.Kvm.Count);
        Assert.Equal(KvmRules.All.Order(ById), RuleCatalogue.Kvm.Order(ById));
        Assert.Equal(CoreRules.All.Order(ById), RuleCatalogue.Core.Order(ById));
    }

    [Fact]
    public void Ids_are_unique()
    {
        Assert.Equal(RuleCatalogue.All.Count, RuleCatalogue.All.Select(rule => rule.Id).Distinct().Count());
    }

    [Fact]
    public void An_id_is_a_call_and_a_point() =>
        Assert.All(RuleCatalogue.All, rule => Assert.Matches(IdForm(), rule.Id));

    // The key of a source is what stands before the first comma; the place in it follows.
    [Fact]
    public void Every_source_is_listed_in_the_docs()
    {
        var listed = File.ReadLines(Path.Combine(RecordingFolder.Path, "..", "..", "..", "docs", "sources.md"))
            .Select(line => KeyRow().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)
            .ToHashSet();

        var missing = RuleCatalogue.All.Where(rule => !listed.Contains(KeyOf(rule.Source))).Select(rule => $"{rule.Id}: {rule.Source}");

        Assert.Empty(missing);
        Assert.All(RuleCatalogue.All, rule => Assert.True(rule.Source.Length > KeyOf(rule.Source).Length + 2, $"{rule.Id} names no place in {rule.Source}"));
    }

    [Fact]
    public void Every_invariant_and_partial_effect_has_a_source_of_the_same_form()
    {
        var effects = new[]
        {
            BackingStore.AllocatePartialEffect, KvmHost.CopyPartialEffect, KvmHost.PreFaultPartialEffect, KvmHost.MovePartialEffect, VirtualMachine.PopulatePartialEffect,
            BackingStore.InterruptedPartialEffect, KvmHost.MoveShortagePartialEffect, KvmHost.ProtectPartialEffect, KvmHost.TouchPartialEffect, KvmHost.AccessPartialEffect,
            KvmHost.RunPartialEffect,
        };

        var sources = effects.Select(effect => effect.Source).Concat(MachineInvariants.All.Select(invariant => invariant.Source));

        Assert.All(sources, source => Assert.Contains(KeyOf(source), RuleCatalogue.All.Select(rule => KeyOf(rule.Source))));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_rule_decides_its_case(string id)
    {
        var answer = RuleCases.All[id](RuleSwitches.AllOn);

        Assert.Equal(id, answer.DecidedBy?.Id);
    }

    [Fact]
    public void Every_rule_of_the_kernels_face_has_a_case() =>
        Assert.Equal(RuleCatalogue.Kvm.Select(rule => rule.Id).Except(s_silent).Order(StringComparer.Ordinal), RuleCases.All.Keys.Order(StringComparer.Ordinal));

    // These refuse nothing: they say what is done besides, and searches show what comes of leaving it.
    private static readonly string[] s_silent = ["KVM_SET_USER_MEMORY_REGION2/put-file", "VMM/close-region-files"];

    // What the public recordings never come to, and the cases here do.
    [Fact]
    public void The_recordings_reach_all_rules_of_the_kernels_face_but_these()
    {
        var replay = new CollectingReplay();
        var runner = new ReplayRunner(replay);
        foreach (var file in RecordingFolder.Files)
        {
            runner.Replay(file);
        }

        var unreached = RuleCatalogue.Kvm.Select(rule => rule.Id).Except(s_silent).Where(id => !replay.Deciders.Contains(id));

        Assert.Equal(s_unreached, unreached.Order(StringComparer.Ordinal));
        Assert.Empty(replay.Deciders.Except(RuleCatalogue.All.Select(rule => rule.Id)));
    }

    private static readonly string[] s_unreached =
    [
        "KVM_CREATE_GUEST_MEMFD/no-memory", "KVM_CREATE_VCPU/exists", "KVM_CREATE_VCPU/no-memory", "KVM_CREATE_VM/no-memory", "KVM_ENABLE_CAP/unknown", "KVM_MEMORY_ENCRYPT_OP/none",
        "KVM_PRE_FAULT_MEMORY/exists", "KVM_PRE_FAULT_MEMORY/no-tables", "KVM_PRE_FAULT_MEMORY/obsolete-root", "KVM_PRE_FAULT_MEMORY/signal", "KVM_RUN/no-tables", "KVM_RUN/signal",
        "KVM_RUN/wrong-kind", "KVM_SET_USER_MEMORY_REGION2/no-memory", "KVM_SET_USER_MEMORY_REGION2/no-metadata", "fallocate/memfd-only-punch", "fallocate/not-a-file",
        "file/descriptor", "ioctl/not-this-file", "memfd_create/no-memory", "memory/address-alignment", "memory/wrap", "mlock/fault", "mmap/length-wrap", "mmap/no-memory",
        "mprotect/no-memory", "munmap/empty", "munmap/no-memory", "pread/position",
    ];

    private static Comparer<Rule> ById { get; } = Comparer<Rule>.Create((left, right) => string.CompareOrdinal(left.Id, right.Id));

    private static string KeyOf(string source) => source.Split(',')[0];

    [GeneratedRegex("^[A-Za-z0-9_]+/[a-z0-9-]+$")]
    private static partial Regex IdForm();

    [GeneratedRegex(@"^\|\s*`([^`]+)`\s*\|")]
    private static partial Regex KeyRow();
}
