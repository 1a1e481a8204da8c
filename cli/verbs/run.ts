import { Effect } from "effect"
import { loadPipeline, type Rendering, type RunSummary, rendered, run as runOf } from "../../runtime/index.ts"
import { StagesFailed } from "../error.ts"
import { counted, duration } from "../print/number.ts"
import { print, remark } from "../print/screen.ts"
import { withRuntime } from "./provision.ts"
import { printResults } from "./results.ts"

interface Options {
  readonly pipeline: string
  readonly json: boolean
}

export const run = Effect.fn("assay run")(function* ({ pipeline, json }: Options) {
  const summary = yield* runOf(yield* loadPipeline(pipeline)).pipe(rendered(rendering(json)))
  if (!json) {
    yield* print(summaryText(summary))
    yield* printResults(summary)
  }
  if (summary.outcome === "done") return
  for (const { id, message, record } of summary.failures) yield* remark(`assay: stage ${id} failed: ${message}; record: ${record}`)
  return yield* new StagesFailed({ message: summaryText(summary) })
}, withRuntime)

const rendering = (json: boolean): Rendering => (json ? "json" : process.stderr.isTTY ? "tree" : "lines")

/** `quickstart: 12 cached, 3 ran, 41 s` */
const summaryText = ({ pipeline, stages, seconds }: RunSummary): string => {
  const count = (outcome: (typeof stages)[number]["outcome"]) => stages.filter((stage) => stage.outcome === outcome).length
  const ends = [
    `${count("cached")} cached`,
    `${count("finished")} ran`,
    ...(count("failed") > 0 ? [`${count("failed")} failed`] : []),
    ...(count("skipped") > 0 ? [`${count("skipped")} not run, because of what failed`] : []),
  ]
  return `${pipeline}: ${counted(stages.length, "stage")}: ${ends.join(", ")}; ${duration(seconds)}`
}
