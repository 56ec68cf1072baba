using System.Buffers.Binary;
using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>What KVM refuses of the launch's commands, in its order.</summary>
public sealed class SnpCommandTests
{
    private const ulong At = KvmSnp.At;
    private const ulong Page = KvmSnp.Page;

    /// <summary>For every rule of the commands a call that it decides, with other rules as given.</summary>
    private static readonly Dictionary<string, Func<RuleSwitches, KvmResult>> s_cases = new(StringComparer.Ordinal)
    {
        ["KVM_MEMORY_ENCRYPT_OP/not-snp"] = rules => new KvmSnp(rules: rules).Command(SnpCommand.Init2, new byte[64]),
        ["KVM_MEMORY_ENCRYPT_OP/unknown"] = rules => new KvmSnp(rules: rules).Command((SnpCommand)250, new byte[64]),
        ["KVM_MEMORY_ENCRYPT_OP/arguments"] = rules => new KvmSnp(rules: rules).Command(SnpCommand.LaunchStart, []),
        ["KVM_SEV_INIT2/flags"] = rules => Second(new KvmSnp(rules: rules), flags: 1),
        ["KVM_SEV_INIT2/out-of-asids"] = rules => Second(new KvmSnp(new() { Asids = 1 }, rules: rules)),
        ["KVM_SEV_SNP_LAUNCH_START/order"] = rules => On(rules, world => world.Start()),
        ["KVM_SEV_SNP_LAUNCH_START/flags"] = rules => new KvmSnp(rules: rules).Command(SnpCommand.LaunchStart, StartBlock(flags: 1)),
        ["KVM_SEV_SNP_LAUNCH_START/policy"] = rules => new KvmSnp(rules: rules).Start(policy: 0x1_0000),
        ["KVM_SEV_SNP_LAUNCH_UPDATE/order"] = rules => On(rules, Finished),
        ["KVM_SEV_SNP_LAUNCH_UPDATE/length"] = rules => On(rules, world => world.Update(At, world.Memory, 0, LaunchPageType.Normal)),
        ["KVM_SEV_SNP_LAUNCH_UPDATE/flags"] = rules => On(rules, world => world.Update(At, world.Memory, Page, LaunchPageType.Normal, flags: 1)),
        ["KVM_SEV_SNP_LAUNCH_UPDATE/type"] = rules => On(rules, world => world.Update(At, world.Memory, Page, LaunchPageType.Vmsa)),
        ["KVM_SEV_SNP_LAUNCH_UPDATE/source"] = rules => On(rules, world => world.Update(At, world.Memory + 8, Page, LaunchPageType.Normal)),
        ["KVM_SEV_SNP_LAUNCH_FINISH/order"] = rules => On(rules, FinishedTwice),
        [SnpCommandRules.Slot.Id] = rules => On(rules, world => world.Update(At + world.Size, world.Memory, Page, LaunchPageType.Normal)),
        [SnpCommandRules.Unreadable.Id] = rules => On(rules, world => world.Update(At, 0x1000, Page, LaunchPageType.Normal)),
        [SnpCommandRules.Assigned.Id] = rules => On(rules, AssignedBefore),
        [SnpCommandRules.NotAssigned.Id] = rules => On(rules, Held),
        [SnpCommandRules.NoPage.Id] = OutOfFrames,
        [SnpCommandRules.Firmware.Id] = rules => On(rules, BadAnswers),
    };

    private static readonly Check<SnpCommandCall, Errno>[] s_checks =
    [
        .. SnpCommandChecks.Any.Checks, .. SnpCommandChecks.Init2.Checks, .. SnpCommandChecks.LaunchStart.Checks, .. SnpCommandChecks.LaunchUpdate.Checks, .. SnpCommandChecks.LaunchFinish.Checks,
    ];

    public static TheoryData<string> CheckIds => [.. s_checks.Select(rule => rule.Id)];

    public static TheoryData<string> RuleIds => [.. SnpCommandRules.All.Select(rule => rule.Id).Except([SnpCommandRules.NotLaunched.Id])];

    [Theory]
    [MemberData(nameof(CheckIds))]
    public void Every_check_decides_its_case_and_without_it_the_case_ends_otherwise(string id)
    {
        var result = s_cases[id](RuleSwitches.AllOn);
        Assert.Equal((s_checks.Single(check => check.Id == id).Answer, id), (result.Errno, result.DecidedBy?.Id));

        var exception = Record.Exception(() => result = s_cases[id](RuleSwitches.AllOn.Without(id)));
        Assert.True(exception is not null || result.DecidedBy?.Id != id, id);
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Every_failure_of_the_commands_has_its_case(string id)
    {
        var rule = (SnpCommandRule)SnpCommandRules.All.Single(rule => rule.Id == id);

        var result = s_cases[id](RuleSwitches.AllOn);

        Assert.Equal((rule.Errno, id), (result.Errno, result.DecidedBy?.Id));
    }

    // Core's own refusals of a populate, in Linux's numbers.
    [Fact]
    public void Launch_data_in_shared_pages_and_a_second_filling_are_refused()
    {
        var shared = Started();
        shared.Convert(At, Page, isPrivate: false);
        Assert.Equal((Errno.EINVAL, CoreRules.WrongKind), (shared.Update(At, shared.Memory, Page, LaunchPageType.Normal) is var wrong ? wrong.Errno : default, wrong.DecidedBy));

        var filled = Started();
        KvmSnp.Done(filled.Update(At, filled.Memory, Page, LaunchPageType.Normal));
        Assert.Equal((Errno.EEXIST, CoreRules.AlreadyPopulated), (filled.Update(At, filled.Memory, Page, LaunchPageType.Normal) is var again ? again.Errno : default, again.DecidedBy));
    }

    // INV-SNP-23: without the two rules a page in an unknown state is on the free list.
    [Theory]
    [InlineData("SNP_HOST/not-reclaimed")]
    [InlineData("SNP_HOST/leaked")]
    public void Without_the_host_s_own_rules_an_assigned_or_leaked_page_is_given_out_again(string off)
    {
        foreach (var (rules, isBroken) in new[] { (RuleSwitches.AllOn, false), (RuleSwitches.AllOn.Without(off), true) })
        {
            var world = new KvmSnp(new() { ReclaimFailure = ReclaimFailure.Leak }, rules: rules);
            world.Launch();
            world.Accept(At + Page);
            var frame = world.FrameOf(At + Page);
            world.Host.Platform.Holds.BeginChange(frame);
            if (off == "SNP_HOST/leaked")
            {
                world.Host.TakeBack(frame);
                world.Host.Platform.Holds.EndChange(frame);
            }

            world.Punch(Page, Page);

            Assert.Equal(isBroken, SnpHostInvariants.FindAssignedFree(world.Host, world.Machine) == frame);
        }
    }

    // linux-kvm-sev: what the firmware said comes back beside the errno, and the page is the host's again.
    [Fact]
    public void A_page_of_CPUID_answers_the_firmware_refuses_is_corrected_in_place_for_the_VMM()
    {
        var world = Started();
        KvmSnp.Done(world.Kvm.CopyTo(world.Memory, 65 | (7UL << 32)));

        var result = world.Update(At, world.Memory, Page, LaunchPageType.Cpuid);

        Assert.Equal((Errno.EIO, (ulong)SevStatus.InvalidParam), (result.Errno, result.Value));
        world.Kvm.CopyFrom(world.Memory, out var corrected);
        Assert.Equal(64UL, corrected);
        Assert.Equal(RmpPageState.Hypervisor, world.Table.StateOf(world.FrameOf(At)));
        KvmSnp.Done(world.Update(At, world.Memory, Page, LaunchPageType.Cpuid));
    }

    // kvm-api: the argument says how far the call came; what was done stays.
    [Fact]
    public void An_update_that_stops_on_its_way_says_how_far_it_came()
    {
        var world = Started();
        world.Convert(At + (2 * Page), Page, isPrivate: false);
        var block = KvmSnp.UpdateBlock(At, world.Memory, 4 * Page, LaunchPageType.Normal);

        Assert.Equal(Errno.OK, world.Command(SnpCommand.LaunchUpdate, block).Errno);

        ulong[] left = [.. Enumerable.Range(0, 3).Select(word => BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(8 * word)))];
        Assert.Equal([(At >> 12) + 2, world.Memory + (2 * Page), 2 * Page], left);
        Assert.Equal(RmpPageState.GuestValid, world.Table.StateOf(world.FrameOf(At + Page)));
    }

    // What a finish that failed made is used by the next one: no page is lost.
    [Fact]
    public void A_finish_that_failed_is_tried_again_without_losing_pages()
    {
        var world = Started();
        var free = world.Machine.Frames.CountOf(FrameState.InUse);
        var blocker = new SaveAreaHolder(world.Host);
        world.Host.Platform.Observer = blocker;
        Assert.Equal(Errno.EIO, world.Finish().Errno);
        world.Host.Platform.Observer = null;

        KvmSnp.Done(world.Finish());

        Assert.Equal(free + 2, world.Machine.Frames.CountOf(FrameState.InUse));
        Assert.Empty(world.Host.Leaked.ToArray());
    }

    // The guest's context is lost to LAUNCH_FINISH only: the save area was filled before.
    private sealed class SaveAreaHolder(SnpHost host) : ISnpObserver
    {
        public void OnOperation(SnpPlatform platform, in SnpOperation operation)
        {
            if (operation is { Kind: SnpOperationKind.RmpUpdate, Outcome.IsSuccess: true })
            {
                // The firmware finds the page taken back before it fills it.
                host.Platform.Observer = null;
                platform.Firmware.PageReclaim(new PhysicalPage(operation.Frames.Start, PageSize.Size4K));
            }
        }
    }

    [Fact]
    public void A_page_of_zeroes_needs_no_source()
    {
        var world = Started();

        KvmSnp.Done(world.Update(At, 0, Page, LaunchPageType.Zero));
        KvmSnp.Done(world.Finish());

        Assert.Equal((ExitReason.Hlt, 0UL), (world.Load(At) is var exit ? exit.Reason : default, exit.Value));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(1024, 8)]
    [InlineData(15, 0)]
    public void Options_out_of_range_are_refused_by_name(int asids, int attempts)
    {
        var options = new SnpHostOptions { Asids = asids, Attempts = attempts };
        var error = Assert.Throws<ArgumentException>(options.Validated);
        Assert.Contains(asids == 15 ? nameof(options.Attempts) : nameof(options.Asids), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_SNP_VM_wants_a_machine_with_a_table()
    {
        var machine = new MachineFactory(new() { Frames = 4096 }, [SnpVm.Instance]).Create();
        Assert.Throws<InvalidOperationException>(() => machine.CreateVm(SnpVm.Instance));
    }

    [Fact]
    public void A_leaked_page_and_a_merge_are_refused_by_name()
    {
        var world = new KvmSnp(new() { ReclaimFailure = ReclaimFailure.Leak });
        world.Launch();
        world.Accept(At + Page);
        var frame = world.FrameOf(At + Page);
        world.Host.Platform.Holds.BeginChange(frame);

        Assert.Same(SnpHostRules.NotReclaimed, world.Machine.Ownership.Reclaim(new(frame, 1)).DecidedBy);
        Assert.Same(SnpHostRules.NoMerge, world.Machine.Ownership.Merge(new(frame.AlignDown(PageSize.Size2M), PageSize.Size2M)).DecidedBy);
        world.Host.TakeBack(world.FrameOf(At + Page));
        world.Host.Platform.Holds.EndChange(frame);
        Assert.Same(SnpHostRules.Leaked, world.Machine.Ownership.Reclaim(new(frame, 1)).DecidedBy);
    }

    private static KvmSnp Started(RuleSwitches? rules = null)
    {
        var world = new KvmSnp(rules: rules);
        KvmSnp.Done(world.Start());
        return world;
    }

    private static KvmResult On(RuleSwitches rules, Func<KvmSnp, KvmResult> call) => call(Started(rules));

    private static byte[] StartBlock(byte flags)
    {
        var block = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(block, KvmSnp.Policy);
        block[24] = flags;
        return block;
    }

    private static KvmResult Second(KvmSnp world, byte flags = 0)
    {
        var block = new byte[64];
        block[8] = flags;
        return world.Kvm.MemoryEncryptOp((int)KvmSnp.Done(world.Kvm.CreateVm(4)), (uint)SnpCommand.Init2, block);
    }

    private static KvmResult Finished(KvmSnp world)
    {
        KvmSnp.Done(world.Finish());
        return world.Update(At, world.Memory, Page, LaunchPageType.Normal);
    }

    private static KvmResult FinishedTwice(KvmSnp world)
    {
        KvmSnp.Done(world.Finish());
        return world.Finish();
    }

    private static KvmResult AssignedBefore(KvmSnp world)
    {
        KvmSnp.Done(world.Kvm.Fallocate(world.File, 1, 0, (long)Page));
        world.Host.Update(RmpUpdateOperands.Assign(new(world.FrameOf(At), PageSize.Size4K), new(9), new(0)));
        return world.Update(At, world.Memory, Page, LaunchPageType.Normal);
    }

    private static KvmResult BadAnswers(KvmSnp world)
    {
        KvmSnp.Done(world.Kvm.CopyTo(world.Memory, 65));
        return world.Update(At, world.Memory, Page, LaunchPageType.Cpuid);
    }

    private static KvmResult Held(KvmSnp world)
    {
        // The page's frame is known once it is allocated; another processor then has its entry.
        KvmSnp.Done(world.Kvm.Fallocate(world.File, 1, 0, (long)Page));
        world.Host.Platform.Holds.BeginChange(world.FrameOf(At));
        return world.Update(At, world.Memory, Page, LaunchPageType.Normal);
    }

    private static KvmResult OutOfFrames(RuleSwitches rules)
    {
        var world = new KvmSnp(rules: rules);
        while (world.Machine.Frames.TryTake(new(0, 1, FramePurpose.Kernel), out _))
        {
        }

        return world.Start();
    }
}
