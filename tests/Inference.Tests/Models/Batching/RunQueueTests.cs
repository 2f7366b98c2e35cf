using ModelOps.Inference.Models.Batching;
using ModelOps.Inference.Tensors;
using ModelOps.Serving;

namespace ModelOps.Inference.Tests.Models.Batching;

public sealed class RunQueueTests
{
    private static readonly ModelSchema Schema = new(
        [new TensorSchema("x", Datatype.Fp32, [-1, -1], ["", ""])], [new TensorSchema("y", Datatype.Fp32, [-1, -1], ["", ""])], allowNaN: true);
    private readonly List<QueuedRun> _batch = [];
    private readonly List<QueuedRun> _gone = [];

    [Fact]
    public void A_batch_is_filled_in_order_and_nothing_that_does_not_fit_is_overtaken()
    {
        var queue = Queue(new() { MaxBatchSize = 8 });
        var runs = Add(queue, Run(rows: 3), Run(rows: 4), Run(rows: 2), Run(rows: 1));

        queue.Take(_batch, 8, now: 0, _gone);

        Assert.Equal(runs[..2], _batch);
        Assert.Equal((2, 3), (queue.Count, queue.Rows));
    }

    [Fact]
    public void A_request_with_more_rows_than_a_batch_goes_alone()
    {
        var queue = Queue(new() { MaxBatchSize = 8 });
        var runs = Add(queue, Run(rows: 20), Run(rows: 1));

        queue.Take(_batch, 8, now: 0, _gone);

        Assert.Equal(runs[..1], _batch);
    }

    [Fact]
    public void Requests_of_different_shapes_never_mix()
    {
        var queue = Queue(new());
        var runs = Add(queue, Run(columns: 3), Run(columns: 3), Run(columns: 4), Run(columns: 3));

        queue.Take(_batch, 64, now: 0, _gone);

        Assert.Equal(runs[..2], _batch);
    }

    [Fact]
    public void Requests_without_rows_go_one_by_one()
    {
        var queue = Queue(new());
        var runs = Add(queue, Run(rows: 0), Run(rows: 0));

        queue.Take(_batch, 64, now: 0, _gone);

        Assert.Equal(runs[..1], _batch);
    }

    [Fact]
    public void The_more_urgent_goes_first_and_together_with_what_is_less_urgent()
    {
        var queue = Queue(new() { PriorityLevels = 2 });
        var runs = Add(queue, Run(level: 1), Run(level: 0), Run(level: 1));

        queue.Take(_batch, 64, now: 0, _gone);

        Assert.Equal([runs[1], runs[0], runs[2]], _batch);
    }

    [Fact]
    public void Who_is_gone_or_waited_too_long_is_not_run()
    {
        var queue = Queue(new());
        var runs = Add(queue, Run(ct: new CancellationToken(canceled: true)), Run(expires: 5), Run());

        queue.Take(_batch, 64, now: 5, _gone);

        Assert.Equal(runs[2..], _batch);
        Assert.Equal(runs[..2], _gone);
        Assert.Equal((0, 0), (queue.Count, queue.Rows));
    }

    [Fact]
    public void Who_may_be_late_runs_when_nothing_else_waits()
    {
        var queue = Queue(new() { TimeoutAction = QueueTimeoutAction.Delay, MaxBatchSize = 1 });
        var runs = Add(queue, Run(expires: 5), Run(), Run(columns: 4));

        queue.Take(_batch, 1, now: 5, _gone);
        Assert.Equal(runs[1..2], _batch);
        _batch.Clear();
        queue.Take(_batch, 1, now: 5, _gone);
        Assert.Equal(runs[2..], _batch);
        _batch.Clear();
        queue.Take(_batch, 1, now: 5, _gone);

        Assert.Equal(runs[..1], _batch);
        Assert.Empty(_gone);
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void A_sweep_takes_out_who_gave_up_and_tells_when_the_next_one_does()
    {
        var queue = Queue(new());
        var runs = Add(queue, Run(expires: 9), Run(expires: 5), Run(ct: new CancellationToken(canceled: true)), Run());

        queue.Sweep(now: 6, _gone);

        Assert.Equal(runs[1..3], _gone);
        Assert.Equal((2, 9L), (queue.Count, queue.NextExpiry));
    }

    private static RunQueue Queue(BatchingConfiguration wanted) => new(BatchRules.Of(wanted, hasRows: true, maxQueued: 100, ticksPerSecond: 1));

    private static QueuedRun[] Add(RunQueue queue, params QueuedRun[] runs)
    {
        Array.ForEach(runs, queue.Add);
        return runs;
    }

    private static QueuedRun Run(int rows = 1, int columns = 3, int level = 0, long expires = long.MaxValue, CancellationToken ct = default)
    {
        var inputs = new BoundInputs(Schema);
        Assert.Null(inputs.Declare("x", "FP32", [Math.Max(1, rows), columns], out _));
        var run = new QueuedRun(_ => { });
        run.Begin(inputs, OutputSelection.All(Schema), rows, new(level, QueuedAt: 0, expires), ct);
        return run;
    }
}
