namespace GuestMemory.Tdx;

/// <summary>A TD as it was.</summary>
internal sealed class TdShadow
{
    public TdShadow(Td td) => Follow(td);

    public TdFacts Facts { get; private set; }

    public VcpuFacts[] Vcpus { get; private set; } = [];

    public SeptPage? Root { get; private set; }

    public void Follow(Td td, bool withTree = true)
    {
        Facts = TdFacts.Of(td);
        Vcpus = [.. td.Vcpus.Select(VcpuFacts.Of)];
        Root = withTree ? SeptTrees.Copy(Root, SeptTrees.RootOf(td)) : Root;
    }
}
