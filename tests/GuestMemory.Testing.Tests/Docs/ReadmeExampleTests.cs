using GuestMemory.Docs;
using Xunit;

namespace GuestMemory.Testing.Tests.Docs;

/// <summary>The README's contract example is the sample's test, which is compiled and run here too.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void The_readme_shows_the_sample() =>
        ReadmeExample.IsFile("## Contracts for your own implementation", Path.Combine("samples", "Consumer", "LedgerTableTests.cs"));
}
