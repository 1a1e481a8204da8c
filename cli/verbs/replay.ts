import { Effect, type Option } from "effect"
import { Executor, inProcess, loadPipeline, replay as replayStage, type TaskFailed, Workspace } from "../../runtime/index.ts"
import { escapeControls } from "../../runtime/observe/printable.ts"
import { StagesFailed } from "../error.ts"
import { bytes } from "../print/number.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { chosenFile } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly stage: string
  readonly edited: boolean
  readonly here: boolean
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

/** Enters a failed stage again. Publishes nothing: once it goes well, a run computes it for good. */
export const replay = Effect.fn("assay replay")(function* ({ stage, edited, here, pipeline, json }: Options) {
  yield* (yield* Workspace).prepare
  const loaded = edited ? yield* loadPipeline(yield* chosenFile(pipeline)) : null
  const replayed = replayStage(stage, {
    edited: loaded,
    report: (report) => {
      if (report.type === "output") process.stderr.write(`${escapeControls(report.text)}\n`)
    },
  })
  const { record, result } = yield* here ? Effect.provide(replayed, inProcess) : Effect.provideService(replayed, Executor, yield* Executor)
  if (isFailure(result)) {
    const { tag, message, details, stack } = result
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
  if (json) return yield* printJson({ id: record.id, outcome: "finished", outputs })
  yield* print(`${record.id}: finished this time; nothing of it is kept`)
  for (const { name, artifact, rows, bytes: size } of outputs)
    yield* print(`  ${name}: ${artifact}, ${rows === null ? "" : `${rows} rows, `}${bytes(size)}`)
}, withRuntime)

const isFailure = (result: object): result is TaskFailed => "_tag" in result && result._tag === "TaskFailed"
