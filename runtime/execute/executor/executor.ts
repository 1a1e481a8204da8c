import { Context, type Effect, Schema } from "effect"
import type { Serve } from "../task/services.ts"
import type { Report, Task, TaskOutputs } from "../task/task.ts"

/** A task that did not end well: what its stage threw, or how its process died. */
export class TaskFailed extends Schema.TaggedError<TaskFailed>()("TaskFailed", {
  name: Schema.String,
  tag: Schema.String,
  message: Schema.String,
  details: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite])),
  stack: Schema.String,
  /** The last that was printed. */
  output: Schema.String,
}) {}

export interface ExecutorShape {
  /**
   * Computes a task; `serve` answers what it asks of this process. Interrupting it stops the
   * computation for good: nothing writes to its folder afterwards.
   */
  readonly execute: (task: Task, report: (report: Report) => void, serve: Serve) => Effect.Effect<TaskOutputs, TaskFailed>
}

/** Where stages are computed. Digests in, digests out: it knows nothing of keys or of the store. */
export class Executor extends Context.Service<Executor, ExecutorShape>()("assay/runtime/Executor") {}
