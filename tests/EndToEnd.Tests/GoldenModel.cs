using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Testing;

namespace ModelOps.EndToEnd.Tests;

/// <summary>A model of tests/golden on the running application.</summary>
internal static class GoldenModel
{
    /// <summary>Registers the file, unless it is, and waits until every replica serves it.</summary>
    public static async Task ServeAsync(HttpClient http, string model, string file)
    {
        using var form = new MultipartFormDataContent
        {
            { JsonContent.Create(new JsonObject { ["description"] = "golden model" }), "metadata" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Golden.Folder, "models", file))), "artifact", file },
        };
        using var registered = await http.PostAsync($"/api/v1/models/{model}/versions", form);
        Assert.Contains(registered.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict });
        using var deployed = await http.PutAsJsonAsync($"/api/v1/models/{model}/deployment", new { version = 1 });
        deployed.EnsureSuccessStatusCode();
        await Poll.UntilAsync(
            $"every replica serves {model}",
            async ct => (await http.GetFromJsonAsync<JsonElement>($"/api/v1/models/{model}/deployment", ct)).GetProperty("ready").GetBoolean(),
            TimeSpan.FromMinutes(1));
    }
}
