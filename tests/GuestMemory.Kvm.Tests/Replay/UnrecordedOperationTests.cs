using System.Text;
using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Kvm.Tests;

/// <summary>Operations of the recording format that no public recording has, and forms of arguments that none uses.</summary>
/// <remarks>Source: the format's description, docs/trace-format.md; docs/model-boundary.md, MB-5 and MB-13.</remarks>
public sealed class UnrecordedOperationTests
{
    private const string Start = """
        {"i":0,"op":"create_vm","args":{"vm":"v0","type":"0x1"},"out":{"result":"OK"}}
        {"i":1,"op":"create_guest_memfd","args":{"vm":"v0","fd":"g0","size":"0x10000","flags":"0x0"},"out":{"result":"OK"}}
        {"i":2,"op":"anon","args":{"map":"a0","size":"0x40000"},"out":{"result":"OK"}}
        {"i":3,"op":"create_vcpu","args":{"vm":"v0"},"out":{"result":"OK"}}
        {"i":4,"op":"set_user_memory_region2","args":{"vm":"v0","slot":"0x1","flags":"0x4","gpa":"0x1000000","size":"0x4000","hva":"a0","fd":"g0","offset":"0x0"},"out":{"result":"OK"}}
        """;

    [Fact]
    public void A_halt_instruction_halts_and_an_unbacked_one_is_an_emulation_failure()
    {
        AssertAgrees("""
            {"i":5,"op":"store","args":{"at":"a0+1P","value":"0xf4"},"out":{"result":"OK"}}
            {"i":6,"op":"guest_exec","args":{"vm":"v0","gpa":"0x1001000"},"out":{"result":"OK","exit":"HLT"}}
            {"i":7,"op":"guest_exec","args":{"vm":"v0","gpa":"0x2000000"},"out":{"result":"OK","exit":"INTERNAL_ERROR","suberror":1}}
            {"i":8,"op":"set_memory_attributes","args":{"vm":"v0","gpa":"0x1001000","size":"0x1000","attributes":"0x8","flags":"0x0"},"out":{"result":"OK"}}
            {"i":9,"op":"guest_store","args":{"vm":"v0","gpa":"0x1001000","len":1,"value":"0xf4"},"out":{"result":"OK","exit":"HLT"}}
            {"i":10,"op":"guest_exec","args":{"vm":"v0","gpa":"0x1001000"},"out":{"result":"OK","exit":"HLT"}}
            {"i":11,"op":"set_memory_attributes","args":{"vm":"v0","gpa":"0x3000000","size":"0x1000","attributes":"0x8","flags":"0x0"},"out":{"result":"OK"}}
            {"i":12,"op":"guest_exec","args":{"vm":"v0","gpa":"0x3000000"},"out":{"result":"EFAULT","exit":"MEMORY_FAULT","flags":"0x8","gpa":"0x3000000","size":"0x1000"}}
            """);
    }

    [Fact]
    public void A_closed_VM_lives_on_in_its_files_but_its_name_is_gone()
    {
        AssertAgrees("""
            {"i":5,"op":"close_vm","args":{"vm":"v0"},"out":{"result":"OK"}}
            {"i":6,"op":"fallocate","args":{"fd":"g0","mode":"0x1","offset":"0x0","len":"0x1000"},"out":{"result":"OK"}}
            {"i":7,"op":"guest_load","args":{"vm":"v0","gpa":"0x1000000","len":8},"out":{"result":"NO_HANDLE"}}
            {"i":8,"op":"close_vm","args":{"vm":"v0"},"out":{"result":"NO_HANDLE"}}
            {"i":9,"op":"create_vm","args":{"vm":"v0","type":"0x1"},"out":{"result":"OK"}}
            {"i":10,"op":"set_user_memory_region2","args":{"vm":"v0","slot":"0x1","flags":"0x4","gpa":"0x1000000","size":"0x4000","hva":"a0","fd":"g0","offset":"0x0"},"out":{"result":"EINVAL"}}
            {"i":11,"op":"guest_load","args":{"vm":"v0","gpa":"0x1000000","len":8},"out":{"result":"NO_HANDLE"}}
            """);
    }

    [Fact]
    public void An_add_over_device_memory_reads_ones_and_writes_the_sum()
    {
        AssertAgrees("""
            {"i":5,"op":"guest_xadd","args":{"vm":"v0","gpa":"0x2000000","len":8,"value":"0x3"},"out":{"result":"OK","exit":"MMIO","mmio":[{"gpa":"0x2000000","len":8,"write":false},{"gpa":"0x2000000","len":8,"write":true,"data":"0x2"}]}}
            """);
    }

    [Fact]
    public void Advice_reaches_over_a_hole_to_what_is_mapped_behind_it()
    {
        AssertAgrees("""
            {"i":5,"op":"store","args":{"at":"a0+9P","value":"0x7"},"out":{"result":"OK"}}
            {"i":6,"op":"munmap","args":{"at":"a0+8P","len":"0x1000"},"out":{"result":"OK"}}
            {"i":7,"op":"madvise","args":{"at":"a0+7P","len":"0x3000","advice":"dontneed"},"out":{"result":"ENOMEM"}}
            {"i":8,"op":"load","args":{"at":"a0+9P"},"out":{"result":"OK","value":"0x0"}}
            {"i":9,"op":"madvise","args":{"at":"a0","len":"0x100000000000","advice":"dontneed"},"out":{"result":"ENOMEM"}}
            """);
    }

    [Fact]
    public void A_memory_file_is_opened_anew_and_lives_until_the_last_descriptor_goes()
    {
        AssertAgrees("""
            {"i":5,"op":"memfd","args":{"fd":"x0","size":"0x4000"},"out":{"result":"OK"}}
            {"i":6,"op":"reopen","args":{"fd":"x0","to":"x1"},"out":{"result":"OK"}}
            {"i":7,"op":"mmap","args":{"map":"m0","fd":"x0","offset":"0x0","len":"0x4000","prot":"rw","share":"shared"},"out":{"result":"OK"}}
            {"i":8,"op":"store","args":{"at":"m0","value":"0x5"},"out":{"result":"OK"}}
            {"i":9,"op":"munmap","args":{"at":"m0","len":"0x4000"},"out":{"result":"OK"}}
            {"i":10,"op":"close","args":{"fd":"x0"},"out":{"result":"OK"}}
            {"i":11,"op":"mmap","args":{"map":"m1","fd":"x1","offset":"0x0","len":"0x4000","prot":"r","share":"shared"},"out":{"result":"OK"}}
            {"i":12,"op":"load","args":{"at":"m1"},"out":{"result":"OK","value":"0x5"}}
            """);
    }

    [Fact]
    public void Names_may_be_long_and_are_told_apart_to_their_end()
    {
        AssertAgrees("""
            {"i":5,"op":"anon","args":{"map":"mapping_number_1","size":"0x1000"},"out":{"result":"OK"}}
            {"i":6,"op":"anon","args":{"map":"mapping_number_2","size":"0x1000"},"out":{"result":"OK"}}
            {"i":7,"op":"store","args":{"at":"mapping_number_1","value":"0x1"},"out":{"result":"OK"}}
            {"i":8,"op":"load","args":{"at":"mapping_number_2"},"out":{"result":"OK","value":"0x0"}}
            {"i":9,"op":"load","args":{"at":"mapping_number_1"},"out":{"result":"OK","value":"0x1"}}
            {"i":10,"op":"load","args":{"at":"mapping_number_3"},"out":{"result":"NO_HANDLE"}}
            """);
    }

    [Fact]
    public void Every_capability_of_the_meta_line_is_answered()
    {
        AssertAgrees("""
            {"i":5,"op":"check_extension","args":{"vm":"","cap":185},"out":{"result":"OK","value":0}}
            {"i":6,"op":"check_extension","args":{"vm":"v0","cap":243},"out":{"result":"OK","value":0}}
            {"i":7,"op":"check_extension","args":{"vm":"v0","cap":10},"out":{"result":"OK","value":32764}}
            """);
    }

    [Theory]
    [InlineData("\"slot\":\"0x1ffffffff\"", "slot")]
    [InlineData("\"slot\":\"many\"", "slot")]
    public void An_argument_that_is_no_number_of_its_size_is_an_error_of_the_recording(string slot, string name)
    {
        var result = Replay(Start + "\n{\"i\":5,\"op\":\"get_dirty_log\",\"args\":{\"vm\":\"v0\"," + slot + ",\"pages\":4},\"out\":{\"result\":\"OK\"}}");

        var error = Assert.Single(result.Errors);
        Assert.Contains($"argument \"{name}\"", error.Message, StringComparison.Ordinal);
        Assert.Equal(8, error.Line);
    }

    [Fact]
    public void An_access_beyond_every_physical_address_is_the_callers_mistake()
    {
        var world = new World();

        Assert.Throws<ArgumentOutOfRangeException>(() => world.Load(ulong.MaxValue - 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Load(World.At, length: 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Load(World.At, length: 0));
        Assert.Equal(ExitReason.Mmio, world.Load((1UL << 52) - 8).Reason);
    }

    [Fact]
    public void A_vCPU_that_would_fault_for_ever_says_so()
    {
        var world = new World();
        world.Set(world.Region);
        world.Guest.BeginConversion(new(new(World.At >> 12), 1));

        Assert.Throws<InvalidOperationException>(() => world.Load(World.At));
    }

    private static void AssertAgrees(string operations)
    {
        var result = Replay(Start + "\n" + operations);

        Assert.Empty(result.Errors);
        Assert.Empty(result.OutsideModel);
        Assert.Empty(result.Differences);
        Assert.Equal(5 + operations.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, result.Counts.Agreed);
    }

    private static ReplayResult Replay(string operations)
    {
        const string meta = """{"meta":{"format":1,"env":"qemu-tcg-7.3","kernel":"7.3.4","page_size":4096,"system_caps":{"185":0,"233":8,"235":3,"236":1,"243":0}}}""";
        var text = meta + "\n{\"case\":{\"name\":\"unrecorded\"}}\n" + operations;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return new ReplayRunner(new KvmReplay()).Replay(stream, "unrecorded.jsonl");
    }
}
