using System.Reflection;

namespace GuestMemory.Tests.Conventions;

/// <summary>Types as C# writes them, with nullability where the compiler recorded it.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    public static string Of(Type type, NullabilityInfo? info = null, bool written = false)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, info, written);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return $"{Of(underlying, info, written).TrimEnd('?')}?";
        }

        var state = written ? info?.WriteState : info?.ReadState;
        return Name(type, info, written) + (state == NullabilityState.Nullable && CanBeAnnotated(type) ? "?" : "");
    }

    // Reflection calls every unconstrained type parameter nullable, annotated or not; those are left without the mark.
    private static bool CanBeAnnotated(Type type) => type.IsGenericParameter
        ? type.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)
        : !type.IsValueType;

    /// <summary>Type parameters and what they must be: the text after a name, and the text after a declaration.</summary>
    public static (string Parameters, string Constraints) Generics(Type[] parameters) => parameters.Length == 0
        ? ("", "")
        : ($"<{string.Join(", ", parameters.Select(Variance))}>", string.Concat(parameters.Select(Constraints)));

    private static string Name(Type type, NullabilityInfo? info, bool written)
    {
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, info?.ElementType, written)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return $"{Of(type.GetElementType()!)}*";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        return Keywords.TryGetValue(type, out var keyword) ? keyword : QualifiedName(type, info, written);
    }

    // The arguments of an enclosing generic type come first in the list of the nested one.
    private static string QualifiedName(Type type, NullabilityInfo? info, bool written)
    {
        var all = type.GetGenericArguments();
        var outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        var own = all.Skip(outer).Select((argument, index) => Of(argument, ArgumentOf(info, outer + index), written)).ToArray();
        var parent = type.DeclaringType is { } declaring ? QualifiedName(Close(declaring, all[..outer]), null, written) : type.Namespace;
        return $"{parent}.{type.Name.Split('`')[0]}{(own.Length == 0 ? "" : $"<{string.Join(", ", own)}>")}";
    }

    private static NullabilityInfo? ArgumentOf(NullabilityInfo? info, int index) =>
        info is not null && index < info.GenericTypeArguments.Length ? info.GenericTypeArguments[index] : null;

    private static Type Close(Type type, Type[] arguments) => arguments.Length == 0 ? type : type.MakeGenericType(arguments);

    private static string Variance(Type parameter) => (parameter.GenericParameterAttributes & GenericParameterAttributes.VarianceMask) switch
    {
        GenericParameterAttributes.Covariant => $"out {parameter.Name}",
        GenericParameterAttributes.Contravariant => $"in {parameter.Name}",
        _ => parameter.Name,
    };

    private static string Constraints(Type parameter)
    {
        var attributes = parameter.GenericParameterAttributes;
        var isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        var isUnmanaged = parameter.GetCustomAttributesData().Any(data => data.AttributeType.Name == "IsUnmanagedAttribute");
        var types = parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(type => Of(type)).Order(StringComparer.Ordinal);
        string?[] all =
        [
            attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? "class" : null,
            isStruct ? (isUnmanaged ? "unmanaged" : "struct") : IsNotNull(parameter) ? "notnull" : null,
            .. types,
            attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct ? "new()" : null,
            attributes.HasFlag(GenericParameterAttributes.AllowByRefLike) ? "allows ref struct" : null,
        ];
        var text = string.Join(", ", all.OfType<string>());
        return text.Length == 0 ? "" : $" where {parameter.Name} : {text}";
    }

    // The compiler writes `notnull` as a nullable attribute with the value 1 on a parameter without other constraints.
    private static bool IsNotNull(Type parameter) =>
        (parameter.GenericParameterAttributes & GenericParameterAttributes.SpecialConstraintMask & ~GenericParameterAttributes.AllowByRefLike) == 0
        && parameter.GetGenericParameterConstraints().Length == 0
        && parameter.GetCustomAttributesData().Any(data => data.AttributeType.Name == "NullableAttribute" && data.ConstructorArguments[0].Value is (byte)1);
}
