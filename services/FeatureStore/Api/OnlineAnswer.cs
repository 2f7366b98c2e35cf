using System.Text.Json;
using ModelOps.FeatureStore.Values;

namespace ModelOps.FeatureStore.Api;

/// <summary>Values of features as JSON, columnar as the message GetOnlineFeaturesResponse.</summary>
internal sealed class OnlineAnswer(IReadOnlyList<FeatureColumn> columns) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(httpContext.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteStartArray("features");
        foreach (var column in columns)
        {
            Write(writer, column);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(httpContext.RequestAborted);
    }

    private static void Write(Utf8JsonWriter writer, FeatureColumn column)
    {
        writer.WriteStartObject();
        writer.WriteString("feature", column.Feature);
        writer.WriteString("view", column.View);
        writer.WriteStartArray("values");
        foreach (var value in column.Values)
        {
            Write(writer, value);
        }
        writer.WriteEndArray();
        writer.WriteStartArray("statuses");
        foreach (var status in column.Statuses)
        {
            writer.WriteStringValue(FeatureNames.Of(status));
        }
        writer.WriteEndArray();
        writer.WriteStartArray("event_times");
        foreach (var time in column.EventTimes)
        {
            writer.WriteStringValue(EventTime.ToText(time));
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, FeatureValue value)
    {
        switch (value.Type)
        {
            case FeatureType.Bool:
                writer.WriteBooleanValue(value.Bool);
                break;
            case FeatureType.Int64:
                writer.WriteNumberValue(value.Bits);
                break;
            case FeatureType.Double:
                writer.WriteNumberValue(value.Double);
                break;
            case FeatureType.String:
                writer.WriteStringValue(value.Text);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
