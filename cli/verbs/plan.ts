import { Effect } from "effect"
import { type CheckedPlan, loadPipeline, type Plan, type PlannedStage, plan as planOf, warningText } from "../../runtime/index.ts"
import { duration } from "../../runtime/observe/format.ts"
import { registrationLines } from "../../runtime/observe/registration-lines.ts"
import type { Options } from "../options.ts"
import { formatCauses } from "../print/cause.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { findPipelineFile } from "./resolve.ts"
import { setParameters } from "./set-parameters.ts"
import { withRuntime } from "./with-runtime.ts"

export const plan = Effect.fn("assay plan")(function* ({ pipeline, set, ...flags }: Options<"plan">) {
  const format = yield* rowFormat(flags)
  const planned = yield* planOf(yield* setParameters(yield* loadPipeline(yield* findPipelineFile(pipeline)), set))
  if (format === "json") return yield* printJson(planJson(planned))
  if (format === "csv") return yield* printCsv(csvColumns, planned.stages.map(csvRow))
  for (const stage of planned.stages) yield* print(formatStage(stage))
  yield* print(`\n${planned.pipeline}: ${planSummary(planned)}`)
  if (planned.registered !== null) yield* print(registrationLines(planned.registered).join("\n"))
  for (const { id, uncacheable, remarks } of planned.stages)
    for (const text of [...uncacheable.map((reason) => `not cacheable: ${reason}`), ...remarks]) yield* remark(`${id}: ${text}`)
  for (const warning of planned.warnings) yield* remark(`${warning.ids[0]}: ${warningText(warning)}`)
}, withRuntime)

const planJson = ({ pipeline, stages, warnings, registered }: CheckedPlan) => ({
  pipeline,
  predicted: predicted(stages),
  stages: stages.map(({ id, stage, verdict, recorded, key, because, seconds }) => ({
    id,
    stage,
    verdict,
    ...(recorded ? { recorded } : {}),
    key,
    because,
    seconds,
  })),
  warnings,
  registration: registered,
})

const csvColumns = ["id", "stage", "verdict", "key", "seconds", "because"]

const csvRow = ({ id, stage, verdict, key, seconds, because }: PlannedStage) => [
  id,
  stage,
  verdict,
  key,
  seconds,
  because.length === 0 ? null : formatCauses(id, because, mostRoots).join("; "),
]

/** Verdict and id, then one line per change. */
const formatStage = ({ id, verdict, recorded, because }: PlannedStage): string =>
  [
    `${verdict.padEnd(indent.length)}${id}${recorded ? " (recorded)" : ""}`,
    ...formatCauses(id, because, mostRoots).map((cause) => indent + cause),
  ].join("\n")

/** Hundreds of stages may have changed a figure; `assay why` names them all. */
const mostRoots = 3

const indent = " ".repeat("unknown  ".length)

/**
 * The seconds that the stages to run took the last time, in sum, and how many of them never ran. A
 * stage that waits for others may turn out to be cached.
 */
const predicted = (stages: Plan["stages"]) => {
  const uncached = stages.filter(({ verdict }) => verdict !== "cached")
  return {
    seconds: uncached.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0),
    neverRan: uncached.filter(({ because }) => because.some(({ component }) => component === "never run")).length,
  }
}

const planSummary = ({ stages }: Plan): string => {
  const count = (verdict: PlannedStage["verdict"]) => stages.filter((stage) => stage.verdict === verdict).length
  const { seconds, neverRan } = predicted(stages)
  const parts = [`${count("cached")} cached`, `${count("run")} to run`]
  if (count("unknown") > 0) parts.push(`${count("unknown")} unknown until then`)
  const rest = neverRan > 0 ? `, ${neverRan} of them never ran` : ""
  return `${parts.join(", ")}${seconds > 0 ? `; these took ${duration(seconds)} last time${rest}` : ""}`
}
