using Microsoft.ML.OnnxRuntime;

namespace ModelOps.Inference.Models.Execution;

/// <summary>What is run once for a batch. Runs may overlap, those on one binding must not.</summary>
internal interface IExecutable : IDisposable
{
    /// <summary>Runs on inputs in the order of the schema.</summary>
    /// <param name="options">Options of the run, by which it can be stopped.</param>
    /// <param name="inputs">One value per input of the schema.</param>
    /// <param name="outputs">Names of the outputs wanted.</param>
    /// <returns>The outputs in the order of their names; the caller disposes of them.</returns>
    /// <exception cref="OnnxRuntimeException">The run failed or was stopped.</exception>
    IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, OrtValue[] inputs, string[] outputs);

    /// <summary>Whether inputs and outputs can be bound to memory.</summary>
    bool HasBindings { get; }

    /// <summary>A binding of inputs and outputs to memory, for runs of one shape; only where <see cref="HasBindings"/>.</summary>
    OrtIoBinding CreateBinding();

    /// <summary>Runs on what a binding of this executable is bound to.</summary>
    /// <exception cref="OnnxRuntimeException">The run failed or was stopped.</exception>
    void Run(RunOptions options, OrtIoBinding binding);
}
