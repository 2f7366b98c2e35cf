using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace ModelOps.Aspire.Tests.Model;

/// <summary>
/// The stand-in has what PublicApi.txt lists and nothing else; the list was compared by reading with Aspire 13's published API listings:
/// what builds here must build with the packages.
/// </summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private static readonly string[] MadeByTheCompiler = ["<Clone>$", "PrintMembers", "Equals", "GetHashCode", "ToString", "Deconstruct", "EqualityContract", "op_Equality", "op_Inequality"];

    [Fact]
    public async Task The_public_surface_is_the_written_list()
    {
        var written = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "PublicApi.txt"));

        var actual = new[] { typeof(DistributedApplication).Assembly, typeof(DistributedApplicationTestingBuilder).Assembly }
            .SelectMany(assembly => assembly.GetExportedTypes())
            .SelectMany(Lines)
            .Order(StringComparer.Ordinal)
            .ToArray();

        await File.WriteAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "PublicApi.actual.txt"), actual);
        Assert.Empty(actual.Except(written));
        Assert.Empty(written.Except(actual));
    }

    private static IEnumerable<string> Lines(Type type)
    {
        var name = Name(type);
        yield return $"{Kind(type)} {name}{Bases(type)}";
        if (type.IsEnum)
        {
            foreach (var value in Enum.GetValues(type))
            {
                yield return $"  {name}.{value} = {(int)value}";
            }

            yield break;
        }

        foreach (var member in type.GetMembers(Declared).Where(member => !MadeByTheCompiler.Contains(member.Name)))
        {
            if (Signature(member) is { } signature)
            {
                yield return $"  {name}.{signature}";
            }
        }
    }

    private static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static string Bases(Type type)
    {
        var bases = type.GetInterfaces().Where(i => i.IsPublic && i.Namespace!.StartsWith("Aspire", StringComparison.Ordinal)).Select(Name).Order(StringComparer.Ordinal);
        var parent = type.BaseType is { Namespace: { } space } up && space.StartsWith("Aspire", StringComparison.Ordinal) ? [Name(up)] : Array.Empty<string>();
        var all = string.Join(", ", parent.Concat(bases));
        return all.Length == 0 ? "" : $" : {all}";
    }

    private static string? Signature(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } constructor when Seen(constructor) && !IsCopy(constructor) => $"new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: false } method when Seen(method) => $"{method.Name}{Generics(method)}({Parameters(method)}) : {Name(method.ReturnType)}",
        MethodInfo { Name: "op_Implicit" } method => $"implicit({Parameters(method)}) : {Name(method.ReturnType)}",
        PropertyInfo property when (Seen(property.GetMethod), Seen(property.SetMethod)) is (var get, var set) && (get || set) =>
            $"{property.Name} : {Name(property.PropertyType)} {{{(get ? " get;" : "")}{(set ? " set;" : "")} }}",
        FieldInfo { IsPublic: true } field => $"{field.Name} : {Name(field.FieldType)}",
        EventInfo { AddMethod.IsPublic: true } @event => $"event {@event.Name}",
        _ => null,
    };

    private static bool Seen(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static bool IsCopy(ConstructorInfo constructor) =>
        constructor.GetParameters() is [{ ParameterType: var only }] && only == constructor.DeclaringType;

    private static string Generics(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type) => type switch
    {
        { IsByRef: true } => $"ref {Name(type.GetElementType()!)}",
        { IsArray: true } => $"{Name(type.GetElementType()!)}[]",
        { IsGenericParameter: true } => type.Name,
        { IsNested: true } => $"{Name(type.DeclaringType!)}.{Plain(type)}",
        _ => $"{Space(type)}{Plain(type)}",
    };

    private static string Space(Type type) => type.Namespace!.StartsWith("Aspire", StringComparison.Ordinal) ? $"{type.Namespace}." : "";

    private static string Plain(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type.IsGenericType && type.GetGenericArguments() is { Length: > 0 } arguments ? $"{name}<{string.Join(", ", arguments.Select(Name))}>" : name;
    }
}
