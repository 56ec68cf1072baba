using GuestMemory.Docs;
using Xunit;

namespace GuestMemory.Kvm.Tests.Injection;

public sealed class InjectionDocsTests
{
    [Fact]
    public void The_documentation_lists_what_calls_leave() => EffectRows.AreIn("finding/injection.md",
    [
        BackingStore.AllocatePartialEffect, BackingStore.InterruptedPartialEffect, VirtualMachine.PopulatePartialEffect, KvmHost.PreFaultPartialEffect, KvmHost.RunPartialEffect,
        KvmHost.MovePartialEffect, KvmHost.MoveShortagePartialEffect, KvmHost.ProtectPartialEffect, KvmHost.TouchPartialEffect, KvmHost.AccessPartialEffect, KvmHost.CopyPartialEffect,
    ]);
}
