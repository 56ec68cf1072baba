using GuestMemory.Docs;
using Xunit;

namespace GuestMemory.Tdx.Tests.Injection;

public sealed class InjectionDocsTests
{
    [Fact]
    public void The_documentation_lists_what_operations_leave() => EffectRows.AreIn("finding/injection.md", TdxPartialEffects.All);
}
