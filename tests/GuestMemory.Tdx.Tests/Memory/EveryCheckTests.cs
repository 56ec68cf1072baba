using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

/// <summary>Every check of every memory function decides a case of its own: a call that goes through, with one thing wrong.</summary>
public sealed class EveryCheckTests
{
    // Decided in modules of other kinds only.
    private static readonly string[] s_elsewhere =
    [
        "TDH.MEM.RANGE.UNBLOCK/tracked-rcx", "TDH.MEM.PAGE.PROMOTE/interrupted-kept",
        "TDH.MEM.PAGE.ADD/page-pair", "TDH.MEM.PAGE.AUG/page-pair", "TDH.MEM.SEPT.ADD/page-pair", "TDH.MEM.PAGE.DEMOTE/page-pair", "TDH.MEM.PAGE.RELOCATE/page-pair",
    ];

    public static TheoryData<TdxFunction> Functions => [.. MemoryFunctions.All.Select(function => function.Function)];

    public static TheoryData<TdxFunction, string> Checks { get; } = AllChecks();

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_good_call_goes_through(TdxFunction function)
    {
        var call = new GoodCall(function);

        var result = call.Make();

        Assert.Equal(TdxStatus.Success, result.Status);
        Assert.Null(result.DecidedBy);
    }

    // tdx.md, 6, 8 and 13 (INV-TDX-13).
    [Theory]
    [MemberData(nameof(Checks))]
    public void A_check_refuses_with_its_status_and_changes_nothing_but_its_residue(TdxFunction function, string rule)
    {
        var call = new GoodCall(function);
        var spoiled = Spoiled.By(function, rule);
        spoiled.Spoil(call);
        var before = call.World.Bytes();

        var result = call.Make();

        Assert.Equal(rule, result.DecidedBy?.Id);
        Assert.Equal(spoiled.Status, result.Status.Value);
        Assert.Equal(spoiled.Registers, (result.Rcx, result.Rdx));
        if (rule.EndsWith("/interrupted", StringComparison.Ordinal))
        {
            call.World.Module.Interrupts.Arm(0);
        }

        TakeResidueAway(call, ((Check<HostCall, TdxAnswer>)result.DecidedBy!).Answer.Residue);
        Assert.Equal(before, call.World.Bytes());
    }

    // Switched off, a rule lets the call go on without an exception of C#'s.
    [Theory]
    [MemberData(nameof(Checks))]
    public void A_rule_that_is_off_crashes_nothing(TdxFunction function, string rule)
    {
        var call = new GoodCall(function, rules: RuleSwitches.AllOn.Without(rule));
        Spoiled.By(function, rule).Spoil(call);

        var thrown = Record.Exception(() => call.Make());

        Assert.True(thrown is null or ModelInvariantException, thrown?.ToString());
    }

    private static void TakeResidueAway(GoodCall call, AnswerResidue residue)
    {
        switch (residue)
        {
            case AnswerResidue.HostPriority:
                var entry = call.World.Entry(call.Target);
                Assert.True(entry.HasHostPriority);
                call.World.SetEntry(call.Target, entry.WithHostPriority(false));
                break;
            case AnswerResidue.ChildPriority when call.World.PlaceOf(0x200001).Page.Child(1) is { } table:
                Assert.Equal(table[300].IsLocked, table[300].HasHostPriority);
                table[300] = table[300].WithHostPriority(false);
                break;
            case AnswerResidue.NewPage:
                Assert.Equal(0x81000000406000f0, call.World.Word(MemoryWorld.T));
                Assert.Equal(0x81000000407ff0f0, call.World.Word(MemoryWorld.T + 0xff8));
                call.World.Module.Memory.Contents.Clear(new(new Spa(MemoryWorld.T).Frame, 1));
                break;
        }
    }

    private static TheoryData<TdxFunction, string> AllChecks()
    {
        var data = new TheoryData<TdxFunction, string>();
        foreach (var function in MemoryFunctions.All)
        {
            foreach (var check in function.Checks.Checks.Concat(function.LateChecks.Checks).Where(check => !s_elsewhere.Contains(check.Id)))
            {
                data.Add(function.Function, check.Id);
            }
        }

        return data;
    }
}
