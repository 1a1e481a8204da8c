import { Effect } from "effect"
import { loadPipeline, type Rendering, rendered, run as runOf } from "../../runtime/index.ts"
import { StagesFailed } from "../error.ts"
import { counted } from "../print/number.ts"
import { remark } from "../print/screen.ts"
import { withRuntime } from "./provision.ts"
import { printResults } from "./results.ts"

interface Options {
  readonly pipeline: string
  readonly json: boolean
}

export const run = Effect.fn("assay run")(function* ({ pipeline, json }: Options) {
  const summary = yield* runOf(yield* loadPipeline(pipeline)).pipe(rendered(rendering(json)))
  if (!json) yield* printResults(summary)
  if (summary.outcome === "done") return
  // Said when it happened, with details; but that may be many lines ago.
  for (const { id, message } of summary.failures) yield* remark(`assay: stage ${id} failed: ${message}`)
  return yield* new StagesFailed({ message: counted(summary.failures.length, "stage") })
}, withRuntime)

const rendering = (json: boolean): Rendering => (json ? "json" : process.stderr.isTTY ? "tree" : "lines")
