import { Effect, type Option } from "effect"
import { type CheckedPlan, loadPipeline, type Plan, type PlannedStage, plan as planOf, warningText } from "../../runtime/index.ts"
import { causeTexts } from "../print/cause.ts"
import { duration } from "../print/number.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { chosenFile } from "./choice.ts"
import { withRuntime } from "./provision.ts"
import { withParameters } from "./set.ts"

interface Options {
  readonly pipeline: Option.Option<string>
  readonly set: ReadonlyArray<string>
  readonly json: boolean
}

export const plan = Effect.fn("assay plan")(function* ({ pipeline, set, json }: Options) {
  const planned = yield* planOf(yield* withParameters(yield* loadPipeline(yield* chosenFile(pipeline)), set))
  if (json) return yield* printJson(planJson(planned))
  for (const stage of planned.stages) yield* print(stageText(stage))
  yield* print(`\n${planned.pipeline}: ${planSummary(planned)}`)
  for (const { id, uncacheable, remarks } of planned.stages)
    for (const said of [...uncacheable.map((reason) => `not cacheable: ${reason}`), ...remarks]) yield* remark(`${id}: ${said}`)
  for (const warning of planned.warnings) yield* remark(`${warning.ids[0]}: ${warningText(warning)}`)
}, withRuntime)

const planJson = ({ pipeline, stages, warnings }: CheckedPlan) => ({
  pipeline,
  predicted: predicted(stages),
  stages: stages.map(({ id, stage, verdict, key, because, seconds }) => ({ id, stage, verdict, key, because, seconds })),
  warnings,
})

/** Verdict and id, then what changed, a line each. */
const stageText = ({ id, verdict, because }: PlannedStage): string =>
  [`${verdict.padEnd(indent.length)}${id}`, ...causeTexts(id, because, mostRoots).map((cause) => indent + cause)].join("\n")

/** A figure may have been changed by hundreds of stages, which `why` names. */
const mostRoots = 3

const indent = " ".repeat("unknown  ".length)

/** What the stages that would run took when they last did, one after the other, and how many of them never did. Stages that wait for others may yet turn out to be cached. */
const predicted = (stages: Plan["stages"]) => {
  const wanted = stages.filter(({ verdict }) => verdict !== "cached")
  return {
    seconds: wanted.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0),
    neverRan: wanted.filter(({ because }) => because.some(({ component }) => component === "never run")).length,
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
