using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace GuestMemory.Tests.Conventions;

/// <summary>An assembly's public API as text: a line for each type and for each of its members, sorted.</summary>
/// <remarks>What the compiler adds to a record (equality, deconstruction, printing) is said by the word record.</remarks>
internal static class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().Where(type => !type.Name.Contains('<')).OrderBy(type => TypeText.Of(type), StringComparer.Ordinal))
        {
            text.Append(TypeLine(type)).Append('\n');
            foreach (var line in MemberLines(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string TypeLine(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return Method(type.GetMethod("Invoke")!, $"delegate {{0}} {TypeText.Of(type)}", TypeText.Generics(type.GetGenericArguments()).Constraints);
        }

        var flags = type.IsDefined(typeof(FlagsAttribute), false) ? "[Flags] " : "";
        if (type.IsEnum)
        {
            return $"{flags}enum {TypeText.Of(type)} : {TypeText.Of(type.GetEnumUnderlyingType())}";
        }

        var bases = string.Join(", ", Bases(type));
        return $"{TypeKind(type)} {TypeText.Of(type)}{(bases.Length == 0 ? "" : $" : {bases}")}{TypeText.Generics(type.GetGenericArguments()).Constraints}";
    }

    private static string TypeKind(Type type)
    {
        var record = IsRecord(type) ? "record " : "";
        if (type.IsInterface)
        {
            return "interface";
        }

        if (type.IsValueType)
        {
            var readOnly = type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly " : "";
            return $"{readOnly}{(type.IsByRefLike ? "ref " : "")}{record}struct";
        }

        var modifier = (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static ",
            (true, false) => "abstract ",
            (false, true) => "sealed ",
            _ => "",
        };
        return $"{modifier}{record}class";
    }

    private static bool IsRecord(Type type) => type.GetMethods(Declared)
        .Any(method => method.Name is "<Clone>$" || (method.Name is "PrintMembers" && method.IsDefined(typeof(CompilerGeneratedAttribute), false)));

    private static IEnumerable<string> Bases(Type type)
    {
        var parent = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) ? [TypeText.Of(b)] : Array.Empty<string>();
        return parent.Concat(type.GetInterfaces().Where(face => face.IsVisible).Select(face => TypeText.Of(face)).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> MemberLines(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"{field.Name} = {Constant(field.GetRawConstantValue())}");
        }

        return typeof(Delegate).IsAssignableFrom(type) ? [] : type.GetMembers(Declared).Select(Member).OfType<string>();
    }

    private static string? Member(MemberInfo member) => member switch
    {
        FieldInfo field when IsVisible(field) => Field(field),
        PropertyInfo property when IsVisible(property.GetMethod) || IsVisible(property.SetMethod) => Property(property),
        EventInfo change when IsVisible(change.AddMethod) => Event(change),
        ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic => $"{Access(constructor)}{Parameters("this", constructor)}",
        MethodInfo method when IsVisible(method) && IsWritten(method) => Method(method),
        _ => null,
    };

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsVisible(MethodBase? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static bool IsWritten(MethodInfo method) =>
        !method.Name.Contains('<')
        && !method.IsDefined(typeof(CompilerGeneratedAttribute), false)
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static string Field(FieldInfo field)
    {
        var type = TypeText.Of(field.FieldType, new NullabilityInfoContext().Create(field));
        var access = field.IsPublic ? "" : "protected ";
        return field.IsLiteral
            ? $"{access}const {type} {field.Name} = {Constant(field.GetRawConstantValue())}"
            : $"{access}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{type} {field.Name}";
    }

    private static string Property(PropertyInfo property)
    {
        var accessor = IsVisible(property.GetMethod) ? property.GetMethod! : property.SetMethod!;
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var required = property.IsDefined(typeof(RequiredMemberAttribute), false) ? "required " : "";
        var type = TypeText.Of(property.PropertyType, new NullabilityInfoContext().Create(property), property.GetMethod is null);
        string?[] accessors = [Accessor(property.GetMethod, "get", accessor), Accessor(property.SetMethod, IsInit(property) ? "init" : "set", accessor)];
        return $"{Modifiers(accessor)}{required}{Reference(accessor.ReturnParameter)}{type} {name} {{ {string.Join(" ", accessors.OfType<string>())} }}";
    }

    private static string? Accessor(MethodInfo? method, string word, MethodInfo main) =>
        IsVisible(method) ? $"{(method!.IsPublic == main.IsPublic ? "" : Access(method))}{word};" : null;

    private static bool IsInit(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;

    private static string Event(EventInfo change) =>
        $"{Modifiers(change.AddMethod!)}event {TypeText.Of(change.EventHandlerType!, new NullabilityInfoContext().Create(change))} {change.Name}";

    private static string Method(MethodInfo method)
    {
        var (parameters, constraints) = TypeText.Generics(method.GetGenericArguments());
        return Method(method, $"{Modifiers(method)}{{0}} {method.Name}{parameters}", constraints);
    }

    private static string Method(MethodInfo method, string format, string constraints)
    {
        var type = TypeText.Of(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter));
        var name = string.Format(CultureInfo.InvariantCulture, format, Reference(method.ReturnParameter) + type);
        return Parameters(name, method) + constraints;
    }

    private static string Parameters(string name, MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "";
        return $"{name}({extension}{string.Join(", ", method.GetParameters().Select(Parameter))})";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var type = TypeText.Of(parameter.ParameterType, new NullabilityInfoContext().Create(parameter), written: !parameter.IsOut);
        var value = parameter.HasDefaultValue ? $" = {Constant(parameter.RawDefaultValue)}" : "";
        return $"{Scope(parameter)}{Reference(parameter)}{type} {parameter.Name}{value}";
    }

    private static string Scope(ParameterInfo parameter)
    {
        var isParams = parameter.IsDefined(typeof(ParamArrayAttribute), false) || parameter.IsDefined(typeof(ParamCollectionAttribute), false);
        var isScoped = !isParams && parameter.GetCustomAttributesData().Any(data => data.AttributeType.Name == "ScopedRefAttribute");
        return isParams ? "params " : isScoped ? "scoped " : "";
    }

    private static string Reference(ParameterInfo parameter)
    {
        if (!parameter.ParameterType.IsByRef)
        {
            return "";
        }

        var isReadOnly = parameter.IsIn || parameter.GetCustomAttributesData().Any(data => data.AttributeType == typeof(IsReadOnlyAttribute));
        var isReturn = parameter.Position < 0;
        return parameter.IsOut ? "out " : !isReadOnly ? "ref " : isReturn ? "ref readonly " : "in ";
    }

    private static string Modifiers(MethodInfo method)
    {
        var access = Access(method);
        if (method.DeclaringType!.IsInterface)
        {
            return access + (method.IsStatic ? (method.IsAbstract ? "static abstract " : method.IsVirtual ? "static virtual " : "static ") : method.IsAbstract ? "" : "virtual ");
        }

        var isOverride = method.GetBaseDefinition() != method;
        var kind = (method.IsStatic, method.IsAbstract, isOverride, method.IsVirtual && !method.IsFinal) switch
        {
            (true, _, _, _) => "static ",
            (_, true, true, _) => "abstract override ",
            (_, true, _, _) => "abstract ",
            (_, _, true, true) => "override ",
            (_, _, true, false) => "sealed override ",
            (_, _, _, true) => "virtual ",
            _ => "",
        };
        return access + kind;
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Constant(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        char letter => $"'{letter}'",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
