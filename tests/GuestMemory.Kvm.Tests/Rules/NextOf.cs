namespace GuestMemory.Kvm.Tests.Rules;

/// <summary>Strikes once, at one of the next points of a kind.</summary>
internal sealed class NextOf(InjectionPoint kind) : IFaultInjector
{
    private int _left = -1;

    public void Arm(int after) => _left = after;

    public bool Strikes(InjectionPoint point) => point == kind && _left >= 0 && _left-- == 0;
}
