import { Effect } from "effect"
import { type RunRecord, Runs } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { type RecordedCosts, recordedCosts } from "../power/costs.ts"
import { type EstimatedRun, readEstimates } from "../power/estimates.ts"
import { type PlannedEstimate, planEstimates } from "../power/plan.ts"
import { pluralize } from "../print/number.ts"
import { formatPower } from "../print/power.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { print, printJson, remark, screenWidth } from "../print/screen.ts"
import { findRun } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const power = Effect.fn("assay power")(function* ({ pipeline, target, ...flags }: Options<"power">) {
  const format = yield* rowFormat(flags)
  if (!(target > 0)) return yield* new UsageError({ message: `--target is ${target}: expected an effect above 0, such as 0.03` })
  const { record, manifests, estimates } = yield* newestEstimates(yield* findRun(pipeline))
  const estimating = [...new Set(estimates.map(({ stage }) => stage))]
  const recorded = recordedCosts(record, manifests, estimating)
  const { planned, joint } = planEstimates(estimates, recorded, target)
  // Costs are in core-seconds, and `coreSeconds` of a design is what it takes beyond this run.
  if (format === "csv") return yield* printCsv(csvColumns, planned.map(csvRow))
  if (format === "json")
    return yield* printJson({ pipeline: record.pipeline, run: record.run, target, estimates: planned, joint, ...recorded })
  yield* print(formatPower({ planned, joint, target }, screenWidth()))
  for (const text of caveats(recorded)) yield* remark(text)
  const unknown = planned.filter(({ pilot }) => pilot === null).length
  if (unknown > 0) yield* remark(`${pluralize(unknown, "estimate")} cannot be planned from: ${howToGet}`)
}, withRuntime)

const csvColumns = ["claim", "part", "measure", "effect", "half_width", "detectable", "worlds", "seeds", "prompts", "core_seconds"]

/** The cheapest design that finds the target, with what it costs beyond this run. */
const csvRow = ({ claim, part, measure, effect, halfWidth, detectable, cheapest }: PlannedEstimate) => {
  const { worlds = null, seeds = null, prompts = null } = cheapest?.design ?? {}
  return [claim, part, measure, effect, halfWidth, detectable, worlds, seeds, prompts, cheapest?.coreSeconds ?? null]
}

const howToGet =
  "run a pilot with few worlds and seeds, such as sweep({ world: [1, 2, 3], seed: [1, 2] }, …) around the arms, and ask again"

/** The newest run of the pipeline that has estimates: an interrupted one may have none. */
const newestEstimates = Effect.fnUntraced(function* (latest: RunRecord) {
  for (const record of yield* (yield* Runs).all) {
    if (record.pipeline !== latest.pipeline) continue
    const found: EstimatedRun = yield* readEstimates(record)
    if (found.estimates.length > 0) return found
  }
  return yield* new UsageError({
    message: `no run of ${latest.pipeline} has stored estimates of its claims: state them in a "verdicts" stage, and ${howToGet}`,
  })
})

const caveats = ({ missing, withoutThreads, isUnknown }: RecordedCosts): ReadonlyArray<string> => [
  ...(isUnknown ? ['no stage of the run belongs to one seed, so costs are unknown and count as 0: name the axis of seeds "seed"'] : []),
  ...(missing > 0 ? [`${pluralize(missing, "stage")} of the run without a result: costs are too low`] : []),
  ...(withoutThreads > 0 ? [`${pluralize(withoutThreads, "result")} without a record of threads: counted as one thread`] : []),
]
