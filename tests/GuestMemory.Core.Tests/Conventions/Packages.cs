using System.Reflection;
using Xunit;

namespace GuestMemory.Tests.Conventions;

/// <summary>The assemblies that are published.</summary>
internal static class Packages
{
    public const string Core = "GuestMemory.Core";
    public const string Kvm = "GuestMemory.Kvm";
    public const string Rmp = "GuestMemory.Rmp";
    public const string Tdx = "GuestMemory.Tdx";
    public const string Testing = "GuestMemory.Testing";
    public const string TestingXunit = "GuestMemory.Testing.Xunit";
    public const string TestingFsCheck = "GuestMemory.Testing.FsCheck";

    public static TheoryData<string> Names => [Core, Kvm, Rmp, Tdx, Testing, TestingXunit, TestingFsCheck];

    public static IEnumerable<Assembly> All => [Load(Core), Load(Kvm), Load(Rmp), Load(Tdx), Load(Testing), Load(TestingXunit), Load(TestingFsCheck)];

    public static IEnumerable<Type> PublicTypes => All.SelectMany(assembly => assembly.GetExportedTypes());

    public static Assembly Load(string name) => Assembly.Load(new AssemblyName(name));
}
