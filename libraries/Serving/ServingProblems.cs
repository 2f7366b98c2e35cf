namespace ModelOps.Serving;

/// <summary>Keeps the first rule that a document breaks.</summary>
internal sealed class ServingProblems
{
    public ServingProblem? First { get; private set; }

    public void Add(string field, string rule) => First ??= new(field, rule);
}
