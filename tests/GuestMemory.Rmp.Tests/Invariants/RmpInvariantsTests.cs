using Xunit;

namespace GuestMemory.Rmp.Tests.Invariants;

public sealed class RmpInvariantsTests
{
    // sev-snp, section 8: twenty-six and one for plain bytes, and which of them speak of states and of policy.
    [Fact]
    public void The_invariants_are_numbered_and_say_where_they_come_from()
    {
        Assert.Equal(Enumerable.Range(1, 27).Select(number => $"INV-SNP-{number}"), RmpInvariants.All.Select(invariant => invariant.Name));
        Assert.Equal([13, 14, 17, 18, 23], Numbers(invariant => invariant.IsPolicy));
        Assert.Equal([11, 12, 16, 18, 19, 20, 22, 24, 25, 27], Numbers(invariant => invariant.Kind == RmpInvariantKind.Step));
        Assert.All(RmpInvariants.All, invariant => Assert.EndsWith(".", invariant.Sentence, StringComparison.Ordinal));
        Assert.All(RmpInvariants.All, invariant => Assert.NotEmpty(invariant.Source));
    }

    private static IEnumerable<int> Numbers(Func<RmpInvariant, bool> belongs) =>
        RmpInvariants.All.Index().Where(pair => belongs(pair.Item)).Select(pair => pair.Index + 1);
}
