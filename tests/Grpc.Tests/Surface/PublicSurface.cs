using System.Reflection;

namespace ModelOps.Grpc.Tests.Surface;

/// <summary>Writes the public surface of an assembly as lines that compare well.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(IEnumerable<Type> types) =>
        types.Where(IsVisible).SelectMany(type => Members(type).Prepend(Name(type)));

    public static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }
        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }
        var own = type.Namespace is "System" or "System.Threading" or "System.Threading.Tasks" or "System.Collections.Generic" ? "" : type.Namespace + ".";
        var chain = type.DeclaringType is { } outer ? Name(outer) + "." : own;
        var arguments = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).Select(Name).ToArray();
        return chain + type.Name.Split('`')[0] + (arguments.Length > 0 ? $"<{string.Join(", ", arguments)}>" : "");
    }

    private static bool IsVisible(Type type) =>
        type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!) : type.IsPublic;

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            yield break;
        }
        foreach (var member in type.GetMembers(Declared))
        {
            var line = member switch
            {
                ConstructorInfo { IsStatic: false } constructor when IsVisible(constructor) => $"{Name(type)}({Parameters(constructor)})",
                MethodInfo { IsSpecialName: false } method when IsVisible(method) && !IsOverride(method) =>
                    $"{Name(type)}.{method.Name}{GenericNames(method)}({Parameters(method)})",
                PropertyInfo property when property.GetAccessors(nonPublic: true).Any(IsVisible) && !property.GetAccessors(nonPublic: true).Any(IsOverride) =>
                    $"{Name(type)}.{property.Name}{(property.GetIndexParameters().Length > 0 ? "[]" : "")}{(property.SetMethod is { } set && IsVisible(set) ? " get set" : " get")}",
                FieldInfo { IsSpecialName: false } field when field.IsPublic || field.IsFamily => $"{Name(type)}.{field.Name}",
                _ => null,
            };
            if (line is not null)
            {
                yield return line;
            }
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsOverride(MethodInfo method) => method.GetBaseDefinition() != method;

    private static string GenericNames(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)));
}
