namespace ModelOps.Gateway.Edge;

/// <summary>The page a list is asked for: `page_size` and `page_token`.</summary>
internal static class PageQuery
{
    /// <summary>Reads both; a size that is no number becomes -1, which no list accepts.</summary>
    public static (int Size, string Token) Of(IQueryCollection query)
    {
        var size = query["page_size"].ToString();
        return (size.Length == 0 ? 0 : int.TryParse(size, System.Globalization.NumberStyles.None, null, out var number) ? number : -1, query["page_token"].ToString());
    }
}
