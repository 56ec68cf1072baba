using GuestMemory.Rmp.Tests.Instructions;
using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests;

/// <summary>What holds only sometimes is said only then: each value's words with it and without.</summary>
public sealed class WordsTests
{
    private static readonly Rule s_rule = RmpUpdate.Checks.Checks[0];
    private static readonly RmpFault s_fault = new(RmpFaultKind.NestedPageFault, 0x8000_0004, 0x1000);
    private static readonly Spa s_at = new(0x4000);

    [Fact]
    public void A_fault_and_the_verdict_of_an_access()
    {
        Assert.Equal("no fault", RmpFault.None.ToString());
        Assert.Equal("NestedPageFault 0x80000004 at 0x1000", s_fault.ToString());
        Assert.Equal("allowed", default(AccessVerdict).ToString());
        Assert.Equal($"{s_fault} [{s_rule.Id}]", new AccessVerdict(s_fault, s_rule).ToString());
        Assert.Equal("Done", new HostWriteResult(HostWriteOutcome.Done).ToString());
        Assert.Equal($"Oops: {s_fault} [{s_rule.Id}]", new HostWriteResult(HostWriteOutcome.Oops, new(s_fault, s_rule)).ToString());
    }

    [Fact]
    public void Who_accesses_and_how()
    {
        Assert.Equal($"Host Read of {H()} through Size4K", RmpAccess.Host(AccessKind.Read, H()).ToString());
        Assert.Equal($"SnpGuest Write of {H()} through Size2M, {A} at {G()}", RmpAccess.Private(A, AccessKind.Write, G(), H(), PageSize.Size2M).ToString());
        Assert.Equal($"VMCB {H()}, {A}", new VmrunOperands(H(), A, IsSnpActive: true).ToString());
        Assert.Equal($"VMCB {H()}, {A}, VMSA {H(1)}", new VmrunOperands(H(), A, IsSnpActive: true, H(1)).ToString());
        Assert.Equal("host, CPL 3", (CpuState.Host with { Cpl = 3 }).ToString());
        Assert.Equal($"{A}, {default(Vmpl)}, CPL 0", CpuState.Guest(A).ToString());
    }

    [Fact]
    public void What_an_instruction_answers()
    {
        Assert.Equal("FailInput", new InstructionResult(RmpStatus.FailInput).ToString());
        Assert.Equal($"{s_fault} [{s_rule.Id}]", new InstructionResult(default, s_fault, s_rule).ToString());
        Assert.Equal("Success, CF=0", new PvalidateResult(RmpStatus.Success, Carry: false).ToString());
        Assert.Equal($"Success, CF=1 [{s_rule.Id}]", new PvalidateResult(RmpStatus.Success, Carry: true, DecidedBy: s_rule).ToString());
        Assert.Equal(s_fault.ToString(), new PvalidateResult(default, Carry: false, s_fault).ToString());
        Assert.Equal($"Success: {VmplPermissions.Read}, Size4K", new RmpQueryResult(RmpStatus.Success, VmplPermissions.Read).ToString());
        Assert.Equal($"Success: {VmplPermissions.Read}, Size2M, VMSA [{s_rule.Id}]", new RmpQueryResult(RmpStatus.Success, VmplPermissions.Read, Vmsa: true, PageSize.Size2M, DecidedBy: s_rule).ToString());
        Assert.Equal(s_fault.ToString(), new RmpQueryResult(default, Fault: s_fault).ToString());
        Assert.Equal($"Success: assigned Size4K {A} at {G()}", new RmpReadResult(RmpStatus.Success, G(), Assigned: true, Asid: A).ToString());
        Assert.Equal($"Success: not assigned Size4K {default(Asid)} at {default(Gpa)}", new RmpReadResult(RmpStatus.Success).ToString());
        Assert.Equal(s_fault.ToString(), new RmpReadResult(default, Fault: s_fault).ToString());
    }

    [Fact]
    public void What_a_check_answers()
    {
        Assert.Equal("Success", RmpAnswer.Of(RmpStatus.Success).ToString());
        Assert.Equal("Success, carry", (RmpAnswer.Of(RmpStatus.Success) with { Carry = true }).ToString());
        Assert.Equal($"NestedPageFault 0x{FaultBits.Rmp | 4:x}", RmpAnswer.RmpFaulted(4).ToString());
    }

    [Fact]
    public void What_RMPUPDATE_is_to_do()
    {
        PhysicalPage page = new(H(), PageSize.Size2M);
        var assign = RmpUpdateOperands.Assign(page, A, G());

        Assert.Equal($"{H().Address} Size2M to {A} at 0x{G().Value:x}", assign.ToString());
        Assert.Equal($"{assign}, immutable", (assign with { Immutable = true }).ToString());
        Assert.Equal($"{H().Address} Size2M shared", RmpUpdateOperands.Share(page).ToString());
    }

    [Fact]
    public void What_a_command_of_the_firmware_is_given_and_answers()
    {
        LaunchIdBlock block = new(s_at, 0x12, 0x3);

        Assert.Equal("Success (0x00)", new FirmwareResult(SevStatus.Success).ToString());
        Assert.Equal($"Success (0x00) [{s_rule.Id}]", new FirmwareResult(SevStatus.Success, s_rule).ToString());
        Assert.Equal("builds the table, 0 fixed ranges", new InitOperands(BuildsTable: true).ToString());
        Assert.Equal("keeps the table, 1 fixed ranges", new InitOperands(BuildsTable: false, [default]).ToString());
        Assert.Equal("iommu x86", new ShutdownOperands(Iommu: true, X86: true).ToString());
        Assert.Equal("x86", new ShutdownOperands(Iommu: false, X86: true).ToString());
        Assert.Equal("iommu ", new ShutdownOperands(Iommu: true, X86: false).ToString());
        Assert.Equal($"context {s_at}", new LaunchFinishOperands(s_at).ToString());
        Assert.Equal($"context {s_at}, {block}", new LaunchFinishOperands(s_at, block).ToString());
        Assert.Equal($"ID block at {s_at}: digest 0x12, policy 0x3", block.ToString());
        Assert.Equal($"{block}, not signed", (block with { IsSigned = false }).ToString());
    }

    [Theory]
    [InlineData(false, "4K")]
    [InlineData(true, "2M")]
    public void A_page_of_either_size(bool isLarge, string size)
    {
        SwapOperands swap = new(s_at, s_at + 1, s_at + 2, s_at + 3, SwapPageType.Data, isLarge);

        Assert.Equal($"{s_at}, {size}", new PageOperands(s_at, isLarge).ToString());
        Assert.Equal($"context {s_at}: {s_at + 1} to {s_at + 2}, {size}", new PageMoveOperands(s_at, s_at + 1, s_at + 2, isLarge).ToString());
        Assert.Equal($"context {s_at}: {LaunchPageType.Normal} page at {s_at + 1}, {size}", new LaunchUpdateOperands(s_at, s_at + 1, isLarge, LaunchPageType.Normal).ToString());
        Assert.Equal($"context {s_at}: Data {s_at + 1} to {s_at + 2}, {size}, entry {s_at + 3}", swap.ToString());
        Assert.Equal($"context {s_at}: Data {s_at + 1} to {s_at + 2}, {size}, entry root", (swap with { IsRoot = true }).ToString());
        Assert.Equal($"{PscOperation.Private} {size} at {new Gfn(5)}, 3 done", PscEntry.Of(PscOperation.Private, new(5), isLarge, 3).ToString());
        Assert.Equal($"{new GfnRange(new(5), 2)} private, {size}", new PscRun(new(new(5), 2), IsPrivate: true, isLarge).ToString());
        Assert.Equal($"{new GfnRange(new(5), 2)} shared, {size}", new PscRun(new(new(5), 2), IsPrivate: false, isLarge).ToString());
    }

    [Fact]
    public void What_the_firmware_keeps_of_guests_and_of_pages_swapped_out()
    {
        RmpEntry entry = new() { Assigned = true, Validated = true, Asid = A, Gpa = G() };
        var metadata = SwapMetadata.Of(entry, isMetadata: false, isLarge: false, 0, 9, default);

        Assert.Equal($"valid Data at {G()}, vector 9", metadata.ToString());
        Assert.Equal($"used up Data at {G()}, vector 9", metadata.UsedUp().ToString());
        Assert.Equal($"valid Data 2M at {G()}, vector 9", SwapMetadata.Of(entry, isMetadata: false, isLarge: true, 0, 9, default).ToString());
        Assert.Equal($"{SnpGuestState.Launch}, not active, policy 0x3", new SnpGuestContext { State = SnpGuestState.Launch, Policy = 3 }.ToString());
        Assert.Equal($"{SnpGuestState.Launch}, {A}, policy 0x3", new SnpGuestContext { State = SnpGuestState.Launch, Policy = 3, Asid = A }.ToString());
    }

    [Fact]
    public void Mappings_and_what_the_table_says_of_a_page()
    {
        RmpEntry large = new() { Assigned = true, Size = PageSize.Size2M, Asid = A, Gpa = G() };
        var table = new SnpWorld();
        table.AssignLarge(H(), G()).Is(0);

        Assert.Equal($"{new PfnRange(H(), 1)} through Size4K, writable", new HostMapping(new(H(), 1), PageSize.Size4K, IsWritable: true).ToString());
        Assert.Equal($"{new PfnRange(H(), 1)} through Size4K, read-only", new HostMapping(new(H(), 1), PageSize.Size4K, IsWritable: false).ToString());
        Assert.Equal($"{A} {new Gfn(5)} to {H()}, Size4K, private", new NestedMapping(A, new(5), H(), PageSize.Size4K, IsPrivate: true).ToString());
        Assert.Equal($"{A} {new Gfn(5)} to {H()}, Size4K, shared", new NestedMapping(A, new(5), H(), PageSize.Size4K, IsPrivate: false).ToString());
        Assert.Equal($"{H()} is {large}", RmpPage.Of(table.Table, H()).ToString());
        Assert.Equal($"{H(1)} is {large.Advanced(1)}, stored as {table.Table.Raw(H(1))}", RmpPage.Of(table.Table, H(1)).ToString());
        Assert.Equal($"{Y()} is {default(RmpEntry)}", RmpPage.Of(table.Table, Y()).ToString());
    }

    [Fact]
    public void What_a_guest_gets()
    {
        Assert.Equal("done, 0x7", GuestAnswer.Done(7).ToString());
        Assert.Equal($"refused: InstructionFailed 6 [{s_rule.Id}]", GuestAnswer.Failed(RmpStatus.FailSizeMismatch, s_rule).ToString());
        Assert.Equal("refused: None", GuestAnswer.Declined(GuestReason.None).ToString());
        Assert.Equal("stopped: None", new GuestAnswer(GuestAnswerKind.Stopped).ToString());
        Assert.Equal($"{s_fault} [{s_rule.Id}]", GuestAnswer.Faulted(s_fault, s_rule).ToString());
        Assert.Equal(GuestAnswerKind.HostFault, GuestAnswer.Faulted(s_fault, null).Kind);
        Assert.Equal(GuestAnswerKind.Exception, GuestAnswer.Faulted(s_fault with { Kind = RmpFaultKind.PageFault }, null).Kind);
    }
}
