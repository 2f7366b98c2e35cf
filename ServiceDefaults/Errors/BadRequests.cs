using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace ModelOps.ServiceDefaults.Errors;

/// <summary>Turns what Kestrel, the binder and the JSON reader say about a bad request into a field and a rule.</summary>
internal static partial class BadRequests
{
    public static Failure Describe(BadHttpRequestException exception) => exception switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(
            StatusCodes.Status413PayloadTooLarge, StatusCode.ResourceExhausted, exception.Message),
        { InnerException: JsonException json } => Describe(json),
        _ when Parameter().Match(exception.Message) is { Success: true } parameter => Invalid(
            JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Groups["name"].Value),
            exception.Message.StartsWith("Required", StringComparison.Ordinal) ? "must be present" : $"must be {Expected(parameter.Groups["type"].Value)}"),
        _ => new(exception.StatusCode, StatusCode.InvalidArgument, exception.Message),
    };

    public static Failure Describe(JsonException exception)
    {
        var path = (exception.Path ?? "$").TrimStart('$').TrimStart('.');
        if (MissingMember().Match(exception.Message) is { Success: true } missing)
        {
            return Invalid(Join(path, missing.Groups["name"].Value), "must be present");
        }
        if (UnknownMember().Match(exception.Message) is { Success: true } unknown)
        {
            return Invalid(Join(path, unknown.Groups["name"].Value), "is not a known field");
        }
        if (WrongType().Match(exception.Message) is { Success: true } wrong)
        {
            // Of a single value, the message names the object around it, and the cause the kind that was read.
            var read = WantedKind().Match(exception.InnerException?.Message ?? "");
            return Invalid(path.Length == 0 ? "body" : path, $"must be {Expected(read.Success ? read.Groups["kind"].Value : wrong.Groups["type"].Value)}");
        }
        if (exception.Message.Contains("null values", StringComparison.Ordinal))
        {
            return Invalid(path.Length == 0 ? "body" : path, "must not be null");
        }

        var where = exception.LineNumber is { } line ? $" (line {line + 1}, byte {exception.BytePositionInLine + 1})" : "";
        var rule = Location().Replace(exception.Message, "").TrimEnd('.', ' ');
        return Invalid(path.Length == 0 ? "body" : path, $"must be valid JSON: {rule}{where}");
    }

    private static string Join(string path, string name) =>
        path.Length == 0 || path == name || path.EndsWith($".{name}", StringComparison.Ordinal) ? name : $"{path}.{name}";

    private static Failure Invalid(string field, string rule) => Failure.Of(Refusal.Invalid(field, rule));

    /// <summary>A .NET type in words that mean something to a caller.</summary>
    private static string Expected(string type)
    {
        var name = Nullable().Match(type) is { Success: true } nullable ? nullable.Groups["type"].Value : type;
        return name[(name.LastIndexOf('.') + 1)..].ToUpperInvariant() switch
        {
            "INT" or "LONG" or "SHORT" or "INT32" or "INT64" or "INT16" or "UINT32" or "UINT64" => "an integer in range",
            "NUMBER" or "DOUBLE" or "FLOAT" or "SINGLE" or "DECIMAL" => "a number",
            "BOOL" or "BOOLEAN" => "true or false",
            "STRING" => "a string",
            "GUID" => "a UUID",
            "DATETIME" or "DATETIMEOFFSET" => "a timestamp of RFC 3339",
            "TIMESPAN" => "a duration",
            _ when name.Contains("[]", StringComparison.Ordinal) || name.Contains("List", StringComparison.Ordinal) => "an array",
            _ => "of the documented type",
        };
    }

    [GeneratedRegex("parameter \"(?<type>.+) (?<name>\\w+)\"")]
    private static partial Regex Parameter();

    [GeneratedRegex("missing required properties including: '(?<name>[^']+)'")]
    private static partial Regex MissingMember();

    [GeneratedRegex("The JSON property '(?<name>[^']+)' could not be mapped")]
    private static partial Regex UnknownMember();

    [GeneratedRegex("could not be converted to (?<type>\\S+?)\\.?( Path:|$)")]
    private static partial Regex WrongType();

    [GeneratedRegex("(as an? |out of bounds for an? |cannot be converted to an? )(?<kind>\\w+)")]
    private static partial Regex WantedKind();

    [GeneratedRegex("Nullable(`1\\[|<)(?<type>[^\\],>]+)")]
    private static partial Regex Nullable();

    [GeneratedRegex(" (Path: .*|LineNumber: .*)$")]
    private static partial Regex Location();
}
