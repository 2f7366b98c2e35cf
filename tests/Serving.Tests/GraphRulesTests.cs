using System.Text;

namespace ModelOps.Serving.Tests;

public sealed class GraphRulesTests
{
    private const string Own = """{"name":"own","inputs":{"x":"x"},"outputs":{"y":"y"}}""";

    [Theory]
    [InlineData("outputs", "must be empty where there is no step", "", "y")]
    [InlineData("outputs", "must not be empty", Own, "")]
    [InlineData("outputs[0]", "'z' is made by no step", Own, "z")]
    [InlineData("outputs[0]", "'x' is made by no step", Own, "x")]
    [InlineData("steps", "must have a step that is the version's own artifact", """{"name":"a","inputs":{"x":"x"},"outputs":{"y":"y"},"model":{"name":"m","version":1}}""", "y")]
    [InlineData("steps[1].name", "'own' is the name of another step", Own + "," + """{"name":"own","inputs":{"x":"x"},"outputs":{"y":"z"}}""", "y")]
    [InlineData("steps[1].outputs.y", "'y' is made by another output", Own + "," + """{"name":"b","inputs":{"x":"x"},"outputs":{"y":"y"}}""", "y")]
    [InlineData("steps[0].inputs", "must not be empty", """{"name":"own","outputs":{"y":"y"}}""", "y")]
    [InlineData("steps[0].outputs", "must not be empty", """{"name":"own","inputs":{"x":"x"}}""", "y")]
    [InlineData("steps", "must not wait for each other in a circle", Own + "," + """{"name":"b","inputs":{"x":"c"},"outputs":{"y":"b"}},{"name":"c","inputs":{"x":"b"},"outputs":{"y":"c"}}""", "y")]
    [InlineData("steps", "must not wait for each other in a circle", """{"name":"own","inputs":{"x":"y"},"outputs":{"y":"y"}}""", "y")]
    [InlineData("steps[1].inputs", "must be 'input' alone: a built-in step has no other", Own + "," + """{"name":"b","inputs":{"x":"y"},"outputs":{"output":"z"},"threshold":{}}""", "z")]
    [InlineData("steps[1].outputs", "must be 'output' alone: a built-in step has no other", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"y":"z"},"threshold":{}}""", "z")]
    [InlineData("steps[1].scale", "must have either mean and std or min and max", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"scale":{"mean":[1],"max":[2]}}""", "z")]
    [InlineData("steps[1].scale.std", "must have as many elements as mean, 1", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"scale":{"mean":[1],"std":[1,2]}}""", "z")]
    [InlineData("steps[1].scale.std", "must not be 0", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"scale":{"mean":[1],"std":[0]}}""", "z")]
    [InlineData("steps[1].scale.max", "must be larger than min", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"scale":{"min":[1],"max":[1]}}""", "z")]
    [InlineData("steps[1].encode", "must have either texts or integers", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"encode":{}}""", "z")]
    [InlineData("steps[1].encode.texts", "must have each category once", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"encode":{"texts":["a","a"]}}""", "z")]
    [InlineData("steps[1].label_map.labels", "must not be empty", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"label_map":{}}""", "z")]
    [InlineData("steps[1].model.version", "must be said", Own + "," + """{"name":"b","inputs":{"x":"y"},"outputs":{"y":"z"},"model":{"name":"m"}}""", "z")]
    [InlineData("steps[1].threshold.x", "is not known", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"threshold":{"x":1}}""", "z")]
    [InlineData("steps[1].name", "must be the name of one step: at most one of model, scale, encode, threshold and label_map may be there", Own + "," + """{"name":"b","inputs":{"input":"y"},"outputs":{"output":"z"},"threshold":{},"label_map":{"labels":["a"]}}""", "z")]
    public void A_graph_that_does_not_fit_together_is_refused(string field, string rule, string steps, string output) =>
        Assert.Equal(new($"graph.{field}", rule), Read(steps, output));

    [Fact]
    public void The_number_of_steps_and_the_ways_a_value_takes_are_bounded()
    {
        var chain = string.Join(",", Enumerable.Range(0, 33).Select(i => $$"""{ "name": "s{{i}}", "inputs": { "x": "v{{i}}" }, "outputs": { "y": "v{{i + 1}}" } }"""));
        var fan = string.Join(",", Enumerable.Range(0, 65).Select(i => $"\"x{i}\":\"x\""));

        Assert.Equal(new("graph.steps", "must be a list of at most 32 elements"), Read(chain, "v33"));
        Assert.Equal(
            new("graph.steps", "may take a value at most 64 times, 'x' is taken 65 times"),
            Read("""{"name":"own","inputs":{@},"outputs":{"y":"y"}}""".Replace("@", fan, StringComparison.Ordinal), "y"));
    }

    [Fact]
    public void Steps_are_ordered_by_what_they_wait_for()
    {
        static StepConfiguration Step(string name, string input, string output) => new()
        {
            Name = name,
            Inputs = new Dictionary<string, string> { ["x"] = input },
            Outputs = new Dictionary<string, string> { ["y"] = output },
        };
        var graph = new GraphConfiguration { Steps = [Step("last", "b", "c"), Step("first", "x", "a"), Step("middle", "a", "b"), Step("free", "x", "d")] };

        Assert.Equal([1, 2, 0, 3], GraphRules.Order(graph));
    }

    private static ServingProblem? Read(string steps, string output)
    {
        var outputs = output.Length > 0 ? $"\"{output}\"" : "";
        return ServingConfigurationReader.Read(Encoding.UTF8.GetBytes($$$"""{"graph":{"steps":[{{{steps}}}],"outputs":[{{{outputs}}}] } }"""), out _);
    }
}
