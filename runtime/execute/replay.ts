import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { NothingToReplay } from "../error.ts"
import { fingerprintCode } from "../fingerprint/graph-code.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { fileSha256 } from "../store/results/verify.ts"
import type { FailureRecord } from "../store/runs/record.ts"
import { Runs } from "../store/runs/runs.ts"
import { Workspace } from "../store/workspace/workspace.ts"
import { Executor, type TaskFailed } from "./executor/executor.ts"
import { inputFiles } from "./executor/permissions.ts"
import { serveTask } from "./serve.ts"
import type { Report, Task, TaskOutputs } from "./task/task.ts"

export interface Replayed {
  readonly record: FailureRecord
  /** What the stage made this time; nothing of it is kept. */
  readonly result: TaskOutputs | TaskFailed
}

/**
 * Enters a failed stage again, with the very inputs and parameters that it failed with, and the
 * very code; or, where `edited` is given, the code that the stage has now. Publishes nothing. Fails
 * with NothingToReplay if that stage has no failure on record, or if a part of it is gone.
 */
export const replay = Effect.fn("replay")(function* (
  id: string,
  options: { readonly edited: LoadedPipeline | null; readonly report: (report: Report) => void },
) {
  const executor = yield* Executor
  const failures = yield* (yield* Runs).failures
  const record = failures.find((failure) => failure.id === id)
  if (record === undefined) {
    const failed = [...new Set(failures.map((failure) => failure.id))]
    const hint = failed.length > 0 ? `there are failures of ${failed.join(", ")}` : "no stage has failed"
    return yield* new NothingToReplay({ id, message: `no failure of stage ${id} is on record: ${hint}` })
  }
  const recorded = record.task as Task
  if (recorded.rights === undefined)
    return yield* new NothingToReplay({
      id,
      message: `stage ${id} cannot be replayed: an older Assay recorded its failure; run the pipeline again`,
    })
  const code =
    options.edited === null
      ? { bundle: recorded.bundle, plugins: recorded.plugins ?? {}, command: recorded.command ?? null }
      : yield* currentCode(options.edited, record)
  const folder = yield* (yield* Workspace).temporaryFolder
  const { command, ...bundles } = code
  const { command: _, ...rest } = recorded
  const task: Task = { ...rest, ...bundles, ...(command === null ? {} : { command }), folder, checkpoint: null }
  yield* requireInputs(id, task)
  const { serve } = yield* serveTask(task, { isRefreshed: false, isKept: true, report: options.report })
  const result = yield* executor
    .execute(task, options.report, serve)
    .pipe(Effect.catchTag("TaskFailed", (failure) => Effect.succeed(failure)))
  return { record, result } satisfies Replayed
}, Effect.scoped)

const currentCode = Effect.fnUntraced(function* (loaded: LoadedPipeline, { id, stage: name }: FailureRecord) {
  const { stages } = loaded.graph
  const stage = stages.find((each) => each.id === id) ?? stages.find(({ declaration }) => declaration.name === name)
  if (stage === undefined) return yield* new NothingToReplay({ id, message: `stage ${id} is no longer in ${loaded.path}` })
  const graphCode = yield* fingerprintCode(loaded.graph)
  return { ...graphCode.bundles(stage), command: graphCode.command(stage) }
})

/** Fails unless everything that the stage failed with is there, bit for bit. */
const requireInputs = Effect.fnUntraced(function* (id: string, task: Task) {
  const missing = (what: string) => new NothingToReplay({ id, message: `stage ${id} cannot be replayed: ${what}; run the pipeline again` })
  if (![task.bundle, ...Object.values(task.plugins)].every((bundle) => fs.existsSync(bundle)))
    return yield* missing("the code that it ran has been cleared away (--edited takes the present code)")
  for (const { name, path: file, sha256 } of task.command?.files ?? [])
    if ((yield* Effect.promise(() => fileSha256(file).catch(() => null))) !== sha256)
      return yield* missing(`its program's ${name} has been edited since, or is gone (--edited takes the present program)`)
  for (const file of inputFiles(task)) {
    const name = path.basename(path.dirname(file)) + path.basename(file)
    const found = yield* Effect.promise(() => fileSha256(file).catch(() => null))
    // Objects of the store are named by their content; a file from outside is taken as it is.
    if (found === null || (/^[0-9a-f]{64}$/.test(name) && found !== name)) return yield* missing(`its input ${file} is gone or damaged`)
  }
})
