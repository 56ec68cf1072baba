using Xunit;
using static GuestMemory.Rmp.Tests.SmallWorlds.SmallWorld;

namespace GuestMemory.Rmp.Tests.SmallWorlds;

/// <summary>Every instruction with every small operand on every entry. A case more or fewer announces itself in the counts.</summary>
public sealed class InstructionWorldTests
{
    private readonly SmallWorld _world = new();

    private static IReadOnlyList<RmpUpdateOperands> Updates { get; } =
    [
        .. from frame in new[] { Head, Next, Uncovered }
           from assigned in Flags
           from asid in new Asid[] { default, A, B }
           from gpa in new[] { First, Second }
           from large in Flags
           from immutable in Flags
           select new RmpUpdateOperands(frame.Address, assigned, asid, gpa.Value, large, immutable),
    ];

    [Fact]
    public void The_small_world_has_every_entry()
    {
        Assert.Equal((8 * 3 * 3 * 3) + (8 * 3 * 3 * 3) + (8 * 3 * 2 * 3), Entries.Count);
        Assert.Equal(Entries.Count, Entries.Distinct().Count());
    }

    // sev-snp 4.1: statuses and effects, computed a second time.
    [Fact]
    public void RMPUPDATE_answers_and_does_what_the_tables_say()
    {
        var cases = _world.Each(Updates, operands => _world.Platform.RmpUpdate(operands).IsSuccess, (operands, entry, changes) =>
        {
            var status = RmpUpdateOracle.StatusOf(entry, operands);
            if (changes)
            {
                IsWritten(operands, entry);
            }
            else
            {
                Assert.Equal(status, _world.Platform.RmpUpdate(operands).Status);
            }

            Assert.Equal(status == RmpStatus.Success, changes);
        });

        Assert.Equal(576 * 144, cases);
    }

    [Fact]
    public void PSMASH_keeps_everything_but_the_size()
    {
        var cases = _world.Each([Head, Next, Uncovered], frame => _world.Platform.Psmash(frame.Address).IsSuccess, (frame, entry, changes) =>
        {
            Assert.Equal(frame != Uncovered && entry is { Assigned: true, Size: PageSize.Size2M, Immutable: false }, changes);
            for (var page = 0UL; changes && page < 512; page += 73)
            {
                var gpa = entry.Asid.IsGuest ? entry.Gpa + (page << 12) : entry.Gpa;
                Assert.Equal(entry with { Size = PageSize.Size4K, Gpa = gpa }, _world.Table.Raw(Head + page));
            }
        });

        Assert.Equal(576 * 3, cases);
    }

    [Fact]
    public void PVALIDATE_changes_Validated_of_the_callers_own_page_and_nothing_else()
    {
        (CpuState Cpu, GuestWalk Walk, bool IsLarge, bool Validate)[] calls =
            [.. from cpu in SmallWorld.Guests from walk in Walks from large in Flags from validate in Flags select (cpu, walk, large, validate)];
        var changed = 0;

        var cases = _world.Each(calls, call => _world.Platform.Pvalidate(call.Cpu, call.Walk, call.IsLarge, call.Validate).IsChanged, (call, entry, changes) =>
        {
            Assert.Equal(MayValidate(call.Cpu, call.Walk, call.IsLarge, call.Validate, entry), changes);
            if (changes)
            {
                changed++;
                Assert.Equal(entry with { Validated = call.Validate }, _world.Table.Raw(Head));
            }
        });

        Assert.Equal((576 * 144, 72), (cases, changed));
    }

    [Fact]
    public void RMPADJUST_changes_one_mask_and_the_save_area_bit_of_the_callers_own_page()
    {
        ulong[] attributes = [0x0100, 0x0101, 0x1_0301, 0x0102, 0x0702, 0x0104];
        (CpuState Cpu, GuestWalk Walk, bool IsLarge, ulong Attributes)[] calls =
            [.. from cpu in SmallWorld.Guests from walk in Walks from large in Flags from value in attributes select (cpu, walk, large, value)];
        var changed = 0;

        var cases = _world.Each(calls, call => _world.Platform.RmpAdjust(call.Cpu, call.Walk, call.IsLarge, call.Attributes).IsSuccess, (call, entry, changes) =>
        {
            Assert.Equal(MayAdjust(call.Cpu, call.Walk, call.IsLarge, call.Attributes, entry), changes);
            if (changes)
            {
                changed++;
                var vmsa = call.Cpu.Vmpl.Value == 0 ? (call.Attributes & 0x1_0000) != 0 : entry.Vmsa;
                var mask = (VmplPermissions)(byte)(call.Attributes >> 8 & 0xff);
                Assert.Equal((entry with { Vmsa = vmsa }).WithPermissions(new((int)(call.Attributes & 0xff)), mask), _world.Table.Raw(Head));
            }
        });

        Assert.Equal((576 * 432, 102), (cases, changed));
    }

    [Fact]
    public void RMPQUERY_RMPREAD_and_VMRUN_change_no_entry()
    {
        (CpuState Cpu, GuestWalk Walk, byte Target)[] queries = [.. from cpu in SmallWorld.Guests from walk in Walks from target in new byte[] { 0, 1, 2, 4 } select (cpu, walk, target)];
        VmrunOperands[] runs = [.. from asid in new[] { A, B } from active in Flags from page in new[] { Head, Next, Uncovered } select new VmrunOperands(new(1), asid, active, page)];

        var cases = _world.Each(queries, call => Never(_world.Platform.RmpQuery(call.Cpu, call.Walk, call.Target)));
        cases += _world.Each([Head, Next, Uncovered], frame => Never(_world.Platform.RmpRead(CpuState.Host, frame.Address)));
        cases += _world.Each(runs, run =>
        {
            var entered = _world.Platform.RunVcpu(run).IsSuccess;
            _world.Platform.Vmexit(run);
            return Never(entered);
        });

        Assert.Equal(576 * (144 + 3 + 12), cases);
    }

    private void IsWritten(RmpUpdateOperands operands, RmpEntry entry)
    {
        var frame = operands.Address.Frame;
        var after = RmpUpdateOracle.EntryAfter(frame == Head ? entry : default, operands);
        Assert.Equal(after, _world.Table.Raw(frame));
        if (operands.IsLarge)
        {
            Assert.Equal(new RmpEntry { Assigned = operands.Assigned }, _world.Table.Raw(Head + 511));
            Assert.Equal(operands.Assigned ? 512 : 0, _world.Table.AssignedIn2M(Head));
        }
        else if (frame == Next)
        {
            Assert.Equal(entry, _world.Table.Raw(Head));
        }
    }

    // sev-snp 4.3 as one condition. The world's walks are identity mapped, so a 2M request is aligned at the first address only.
    private static bool MayValidate(CpuState cpu, GuestWalk walk, bool isLarge, bool validate, RmpEntry entry) =>
        cpu.Vmpl.Value == 0 && Matches(cpu, walk, isLarge, entry) && entry.Validated != validate;

    // sev-snp 4.4 as one condition.
    private static bool MayAdjust(CpuState cpu, GuestWalk walk, bool isLarge, ulong attributes, RmpEntry entry)
    {
        var target = (int)(attributes & 0xff);
        var own = (ulong)entry.PermissionsOf(cpu.Vmpl);
        return target > cpu.Vmpl.Value && target < 4 && Matches(cpu, walk, isLarge, entry) && entry.Validated && (attributes >> 8 & 0xff & ~own) == 0;
    }

    private static bool Matches(CpuState cpu, GuestWalk walk, bool isLarge, RmpEntry entry) =>
        walk.Frame == Head && entry is { Assigned: true, Immutable: false } && entry.Asid == cpu.Asid && entry.Gpa == walk.Gpa
        && entry.Size == walk.NestedSize && isLarge == (entry.Size == PageSize.Size2M);

    private static bool Never(object _) => false;
}
