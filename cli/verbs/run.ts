import { Effect, Option } from "effect"
import { loadPipeline, type Rendering, type RunSummary, rendered, run as runOf } from "../../runtime/index.ts"
import { DiskFull, StagesFailed } from "../error.ts"
import { counted } from "../print/number.ts"
import { remark } from "../print/screen.ts"
import { onlyPipeline } from "./only-pipeline.ts"
import { withRuntime } from "./provision.ts"
import { printResults } from "./results.ts"
import { withParameters } from "./set.ts"

interface Options {
  readonly pipeline: Option.Option<string>
  readonly set: ReadonlyArray<string>
  readonly json: boolean
}

export const run = Effect.fn("assay run")(function* ({ pipeline, set, json }: Options) {
  const file = yield* Option.match(pipeline, { onNone: () => onlyPipeline, onSome: Effect.succeed })
  const loaded = yield* withParameters(yield* loadPipeline(file), set)
  const summary = yield* runOf(loaded).pipe(rendered(rendering(json)))
  if (!json) yield* printResults(summary)
  if (summary.outcome === "done") return
  // What went wrong was said when it happened; but that may be many lines ago.
  yield* remark(`assay: ${failedText(summary)}`)
  if (summary.failures.some(isOfFullDisk))
    return yield* new DiskFull({ message: "a disk is full: make room, and run again; what was finished is kept" })
  return yield* new StagesFailed({ message: counted(summary.failures.length, "stage") })
}, withRuntime)

const rendering = (json: boolean): Rendering => (json ? "json" : process.stderr.isTTY ? "tree" : "lines")

/** Stages that are named; the events have them all. */
const mostNamed = 5

/** `2 stages failed: a, b`; why is said where each of them failed. */
const failedText = ({ failures }: RunSummary): string => {
  const ids = failures.slice(0, mostNamed).map(({ id }) => id)
  const rest = failures.length - ids.length
  return `${counted(failures.length, "stage")} failed: ${ids.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}; "assay replay <stage>" enters one again`
}

/** Whether a stage failed because there was no room for what it wrote. */
const isOfFullDisk = ({ message }: RunSummary["failures"][number]): boolean => /\b(ENOSPC|EDQUOT|EFBIG)\b/.test(message)
