using System.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace ModelOps.Inference.Models;

/// <summary>What one run needs and the next run can use again: options, and room for the inputs.</summary>
internal sealed class RunSlot(int inputs) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly RunOptions _options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private long _startedAt;
    private bool _running;

    public RunOptions Options => _options;

    /// <summary>Native views of the inputs while a run lasts.</summary>
    public OrtValue[] Values { get; } = new OrtValue[inputs];

    /// <summary>What keeps the inputs' memory in place while a run lasts.</summary>
    public MemoryHandle[] Pins { get; } = new MemoryHandle[inputs];

    /// <summary>True when the run was stopped because it took too long.</summary>
    public bool TookTooLong { get; private set; }

    public void Start(long timestamp)
    {
        lock (_lock)
        {
            (_running, _startedAt, TookTooLong) = (true, timestamp, false);
        }
    }

    /// <summary>Ends the run, in whatever way it went, and releases its inputs.</summary>
    public void End()
    {
        lock (_lock)
        {
            _running = false;
            if (_options.Terminate)
            {
                _options.Terminate = false;
            }
        }
        for (var i = 0; i < Values.Length; i++)
        {
            Values[i]?.Dispose();
            Values[i] = null!;
            Pins[i].Dispose();
            Pins[i] = default;
        }
    }

    /// <summary>Makes ONNX Runtime give up between two operators; the run then fails.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _options.Terminate = _running;
        }
    }

    /// <summary>Stops the run when it has lasted too long.</summary>
    public void StopIfOlder(TimeSpan limit, TimeProvider clock)
    {
        lock (_lock)
        {
            if (_running && clock.GetElapsedTime(_startedAt) > limit)
            {
                TookTooLong = true;
                _options.Terminate = true;
            }
        }
    }

    public void Dispose() => _options.Dispose();
}
