namespace ModelOps.Batch.Rows;

/// <summary>What a value is in the file it was read from.</summary>
internal enum CellKind
{
    /// <summary>There is none: a JSON null, or a member that is not there.</summary>
    Missing,

    /// <summary>A field of a CSV file, which may be of any type; empty: missing, for numbers.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>A JSON string, unescaped.</summary>
    String,

    /// <summary>JSON's true or false, as it is written.</summary>
    Boolean,

    /// <summary>A JSON object or array.</summary>
    Other,
}
