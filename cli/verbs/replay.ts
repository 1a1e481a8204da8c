import { Effect } from "effect"
import { Executor, inProcess, loadPipeline, replay as replayStage, type TaskFailed, Workspace } from "../../runtime/index.ts"
import { escapeControls } from "../../runtime/observe/printable.ts"
import { StagesFailed } from "../error.ts"
import type { Options } from "../options.ts"
import { formatBytes } from "../print/number.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { findPipelineFile } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

/**
 * Runs a failed stage again. It publishes nothing: if it succeeds, the next `assay run` computes
 * the result.
 */
export const replay = Effect.fn("assay replay")(function* ({ stage, edited, here, pipeline, json }: Options<"replay">) {
  yield* (yield* Workspace).prepare
  const loaded = edited ? yield* loadPipeline(yield* findPipelineFile(pipeline)) : null
  const replayed = replayStage(stage, {
    edited: loaded,
    report: (report) => {
      if (report.type === "output") process.stderr.write(`${escapeControls(report.text)}\n`)
    },
  })
  const { record, result } = yield* here ? Effect.provide(replayed, inProcess) : Effect.provideService(replayed, Executor, yield* Executor)
  if (isFailure(result)) {
    const { tag, message, details, stack } = result
    // If it failed again.
    if (json) yield* printJson({ id: record.id, outcome: "failed", tag, message, details })
    else yield* remark(stack === "" ? `${tag}: ${message}` : stack)
    return yield* new StagesFailed({ message: "1 stage" })
  }
  const outputs = Object.entries(result).map(([name, { artifact, digest, rows, bytes }]) => ({
    name,
    artifact,
    digest,
    rows: rows ?? null,
    bytes,
  }))
  // If it succeeded; the outputs are not kept.
  if (json) return yield* printJson({ id: record.id, outcome: "finished", outputs })
  yield* print(`${record.id}: succeeded; its outputs are not kept`)
  for (const { name, artifact, rows, bytes: size } of outputs)
    yield* print(`  ${name}: ${artifact}, ${rows === null ? "" : `${rows} rows, `}${formatBytes(size)}`)
}, withRuntime)

const isFailure = (result: object): result is TaskFailed => "_tag" in result && result._tag === "TaskFailed"
