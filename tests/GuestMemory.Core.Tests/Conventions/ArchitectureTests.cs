using System.Reflection;
using Xunit;

namespace GuestMemory.Tests.Conventions;

public sealed class ArchitectureTests
{
    private static readonly string[] OrderOperators = ["op_LessThan", "op_LessThanOrEqual", "op_GreaterThan", "op_GreaterThanOrEqual"];

    [Theory]
    [InlineData(Packages.Core)]
    [InlineData(Packages.Kvm, Packages.Core)]
    [InlineData(Packages.Rmp, Packages.Core)]
    [InlineData(Packages.Testing, Packages.Core)]
    [InlineData(Packages.TestingXunit, Packages.Core, Packages.Testing)]
    [InlineData(Packages.TestingFsCheck, Packages.Core, Packages.Testing)]
    public void A_package_references_of_ours_only_what_it_may(string package, params string[] allowed)
    {
        var ours = Packages.Load(package).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("GuestMemory", StringComparison.Ordinal));

        Assert.Empty(ours.Except(allowed));
    }

    [Fact]
    public void No_type_has_the_name_of_a_namespace_or_of_a_framework_type()
    {
        string[] taken = ["Kvm", "Rmp", "Tdx", "Core", "Range"];

        var types = Packages.All.SelectMany(assembly => assembly.GetTypes()).Where(type => taken.Contains(WithoutArity(type.Name)));

        Assert.Empty(types);
    }

    [Fact]
    public void Public_types_of_Core_are_in_its_namespace()
    {
        var elsewhere = Packages.Load(Packages.Core).GetExportedTypes().Where(type => !IsCoreNamespace(type.Namespace));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Every_public_value_type_says_what_it_is()
    {
        var silent = Packages.PublicTypes
            .Where(type => type.IsValueType && !type.IsEnum && !type.IsByRefLike)
            .Where(type => type.GetMethod(nameof(ToString), Type.EmptyTypes)!.DeclaringType != type);

        Assert.Empty(silent);
    }

    [Fact]
    public void Every_comparable_type_has_comparison_operators()
    {
        var withoutOperators = Packages.PublicTypes
            .Where(IsComparableToItself)
            .Where(type => !OrderOperators.All(name => HasOperator(type, name)));

        Assert.Empty(withoutOperators);
    }

    // Extensions of the container live where its users look for them.
    private static bool IsCoreNamespace(string? name) =>
        name is "GuestMemory" or "Microsoft.Extensions.DependencyInjection" || (name?.StartsWith("GuestMemory.", StringComparison.Ordinal) ?? false);

    private static bool IsComparableToItself(Type type) =>
        type is { IsEnum: false, IsInterface: false }
        && type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IComparable<>) && face.GenericTypeArguments[0] == SelfOf(type));

    // Inside a generic definition, the type as its own members see it.
    private static Type SelfOf(Type type) => type.IsGenericTypeDefinition ? type.MakeGenericType(type.GetGenericArguments()) : type;

    private static bool HasOperator(Type type, string name) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Any(method => method.Name == name && method.GetParameters().All(parameter => parameter.ParameterType == SelfOf(type)));

    private static string WithoutArity(string name) => name.Split('`')[0];
}
