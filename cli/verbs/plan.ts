import { Effect, type Option } from "effect"
import { loadPipeline, type Plan, type PlannedStage, plan as planOf } from "../../runtime/index.ts"
import { causeText } from "../print/cause.ts"
import { duration } from "../print/number.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { chosenFile } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

export const plan = Effect.fn("assay plan")(function* ({ pipeline, json }: Options) {
  const planned = yield* planOf(yield* loadPipeline(yield* chosenFile(pipeline)))
  if (json) return yield* printJson(planJson(planned))
  for (const stage of planned.stages) yield* print(stageText(stage))
  yield* print(`\n${planned.pipeline}: ${planSummary(planned)}`)
  for (const { id, uncacheable, remarks } of planned.stages)
    for (const said of [...uncacheable.map((reason) => `not cacheable: ${reason}`), ...remarks]) yield* remark(`${id}: ${said}`)
}, withRuntime)

const planJson = ({ pipeline, stages }: Plan) => ({
  pipeline,
  stages: stages.map(({ id, stage, verdict, key, because, seconds }) => ({ id, stage, verdict, key, because, seconds })),
})

/** Verdict and id, then what changed, a line each. */
const stageText = ({ id, verdict, because }: PlannedStage): string =>
  [`${verdict.padEnd(indent.length)}${id}`, ...because.map((cause) => indent + causeText(id, cause))].join("\n")

const indent = " ".repeat("unknown  ".length)

const planSummary = ({ stages }: Plan): string => {
  const count = (verdict: PlannedStage["verdict"]) => stages.filter((stage) => stage.verdict === verdict).length
  const seconds = stages.filter(({ verdict }) => verdict !== "cached").reduce((sum, stage) => sum + (stage.seconds ?? 0), 0)
  const parts = [`${count("cached")} cached`, `${count("run")} to run`]
  if (count("unknown") > 0) parts.push(`${count("unknown")} unknown until then`)
  return `${parts.join(", ")}${seconds > 0 ? `; these took ${duration(seconds)} last time` : ""}`
}
