using Xunit;

namespace GuestMemory.Tdx.Tests;

/// <summary>What holds only sometimes is said only then: each value's words with it and without.</summary>
public sealed class WordsTests
{
    private static readonly Rule s_rule = GuestAccessRules.All[0];

    [Fact]
    public void Whose_a_line_is()
    {
        ContentKey key = new(3);

        Assert.Equal("key 3", new LineTag(key, IsOwned: false, IsBroken: false).ToString());
        Assert.Equal("key 3, owned", LineTag.Of(key).ToString());
        Assert.Equal("key 3, owned, broken", (LineTag.Of(key) with { IsBroken = true }).ToString());
        Assert.Equal("no key", LineTag.Of(ContentKey.None).ToString());
    }

    [Fact]
    public void What_a_guest_gets()
    {
        Assert.Equal($"{TdxStatus.Success}", new GuestResult(GuestEvent.Status).ToString());
        Assert.Equal("interrupted", new GuestResult(GuestEvent.Status, Interrupted: true).ToString());
        Assert.Equal("Ok 0x7", new GuestResult(GuestEvent.Ok, Value: 7).ToString());
        Assert.Equal($"PageFault [{s_rule.Id}]", new GuestResult(GuestEvent.PageFault, DecidedBy: s_rule).ToString());
        Assert.Equal("TdExit gpa 0x2000, qualification 0x1, extended 0x6", Exit(GuestEvent.TdExit).ToString());
        Assert.Equal("VirtualizationException gpa 0x2000, qualification 0x1, extended 0x6", Exit(GuestEvent.VirtualizationException).ToString());
        Assert.Equal("TdExit Pending", GuestAnswer.Leave(GuestExit.Pending).ToString());
        Assert.Equal("MachineCheck", new GuestAnswer(GuestEvent.MachineCheck).ToString());
        Assert.Equal($"{TdxStatus.Success}", new GuestAnswer(GuestEvent.Status).ToString());
    }

    [Fact]
    public void What_a_call_answers()
    {
        TdxOperation access = new(TdxOperationKind.GuestAccess, default, default, default, default) { Guest = new(GuestEvent.Ok) };
        TdxOperation call = new(TdxOperationKind.HostCall, TdxFunction.MemPageAug, default, default, new(TdxStatus.Success, s_rule));

        Assert.Equal($"{TdxStatus.Success}", new TdxResult(TdxStatus.Success).ToString());
        Assert.Equal($"HostCall MemPageAug: {TdxStatus.Success} [{s_rule.Id}]", call.ToString());
        Assert.Equal($"GuestAccess {default(TdxFunction)}: Ok 0x0", access.ToString());
        Assert.Equal($"{access} (stale)", (access with { IsStale = true }).ToString());
    }

    [Fact]
    public void What_a_call_is_given()
    {
        MapGpaRequest request = new(0x1000, 0x3000, IsPrivate: true, 0);

        Assert.Equal("[0x1000, 0x3000) to private", request.ToString());
        Assert.Equal("[0x1000, 0x3000) to shared", (request with { IsPrivate = false }).ToString());
        Assert.Equal($"{new Spa(0x5000)}", new PageListEntry(0x5000).ToString());
        Assert.Equal("no page", new PageListEntry(0x5000).Invalid.ToString());
        Assert.Equal("no walk", default(SeptPlace).ToString());
    }

    private static GuestResult Exit(GuestEvent what) => new(what, ExitGpa: 0x2000, ExitQualification: 1, ExtendedExitQualification: 6);
}
