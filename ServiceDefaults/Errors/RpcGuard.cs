using System.Runtime.CompilerServices;
using System.Text.Json;
using Grpc.Core;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>
/// Checks the fields of a request where the wire ends. Each check gives the value back or throws InvalidArgument with the
/// field's name (taken from the argument: <c>request.Header.Model</c> becomes <c>header.model</c>) and the rule.
/// </summary>
public static class RpcGuard
{
    /// <summary>Not empty, and at most so many characters.</summary>
    public static string NotEmpty(string value, int maxLength = 1024, [CallerArgumentExpression(nameof(value))] string field = "") =>
        string.IsNullOrWhiteSpace(value) ? throw Broken(field, "must not be empty") : MaxLength(value, maxLength, field);

    /// <summary>At most so many characters.</summary>
    public static string MaxLength(string value, int maxLength, [CallerArgumentExpression(nameof(value))] string field = "")
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length <= maxLength ? value : throw Broken(field, $"must have at most {maxLength:N0} characters, has {value.Length:N0}");
    }

    /// <summary>From <paramref name="min"/> to <paramref name="max"/>, both included.</summary>
    public static T InRange<T>(T value, T min, T max, [CallerArgumentExpression(nameof(value))] string field = "")
        where T : IComparable<T>
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0
            ? value
            : throw Broken(field, $"must be from {min} to {max}, is {value}");
    }

    /// <summary>A page size: 0 stands for <paramref name="defaultSize"/>, otherwise 1 to <paramref name="max"/>.</summary>
    public static int PageSize(int value, int defaultSize = 100, int max = 1000, [CallerArgumentExpression(nameof(value))] string field = "") =>
        value == 0 ? defaultSize : InRange(value, 1, max, field);

    /// <summary>A number that the enum defines, other than 0.</summary>
    public static TEnum Defined<TEnum>(int value, [CallerArgumentExpression(nameof(value))] string field = "")
        where TEnum : struct, System.Enum
    {
        var named = (TEnum)System.Enum.ToObject(typeof(TEnum), value);
        return value != 0 && System.Enum.IsDefined(named)
            ? named
            : throw Broken(field, $"must be one of {string.Join(", ", System.Enum.GetNames<TEnum>())}");
    }

    /// <summary>Present.</summary>
    public static T Present<T>(T? value, [CallerArgumentExpression(nameof(value))] string field = "")
        where T : class => value ?? throw Broken(field, "must be present");

    /// <summary>The wire's name of a field, from the expression that reads it.</summary>
    internal static string FieldName(string expression)
    {
        var path = expression.Trim();
        if (path.StartsWith('(') && path.IndexOf(')', StringComparison.Ordinal) is > 0 and var end)
        {
            path = path[(end + 1)..]; // (int)request.TargetStage
        }
        var parts = path.Split('.', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var named = parts.Length > 1 ? parts[1..] : parts; // the first part is the variable that holds the request
        return string.Join('.', named.Select(part => JsonNamingPolicy.SnakeCaseLower.ConvertName(part.TrimEnd('!', '?'))));
    }

    private static RpcException Broken(string field, string rule) => Refusal.Invalid(FieldName(field), rule).ToRpcException();
}
