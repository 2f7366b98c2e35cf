namespace ModelOps.Inference.Predict;

/// <summary>The short ways to one prediction: by position with the configured model, by feature name and entity key with any.</summary>
internal static class PredictEndpoints
{
    public static void MapPredict(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/predict", (HttpContext http, PredictHandler predict) => predict.HandleAsync(http));
        routes.MapPost("/api/v1/models/{model}/predict", (string model, HttpContext http, FeaturePredictHandler predict) => predict.HandleAsync(http, model));
        routes.MapGet("/model/info", (PredictHandler predict) => predict.Info());
    }
}
