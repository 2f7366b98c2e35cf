namespace ModelOps.Inference.Predict;

/// <summary>The short way to one prediction of one configured model.</summary>
internal static class PredictEndpoints
{
    public static void MapPredict(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/predict", (HttpContext http, PredictHandler predict) => predict.HandleAsync(http));
        routes.MapGet("/model/info", (PredictHandler predict) => predict.Info());
    }
}
