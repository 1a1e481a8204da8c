import type { Json } from "../../dsl/canonical.ts"
import { type Design, limits, type Shares, type Step } from "../../learning/analyse/power/index.ts"
import { wrap } from "../../runtime/observe/wrap.ts"
import type { JointStep, PlannedEstimate } from "../power/plan.ts"
import { formatTable } from "./table.ts"

interface Planned {
  readonly planned: ReadonlyArray<PlannedEstimate>
  readonly joint: ReadonlyArray<JointStep>
  readonly target: number
}

const indent = "  "

/** Columns in which every row is one line, whatever its numbers. */
const narrowest = 80

/**
 * A table with one row per estimate under the claim that it is of, and under it why more seeds
 * alone would not do, or why nothing is known; then what all of them together would take.
 */
export const formatPower = ({ planned, joint, target }: Planned, width: number): string => {
  const rows = planned.map(
    ({ effect, halfWidth, detectable, pilot, cheapest }): ReadonlyArray<Json> => [
      effect === null ? "—" : `${decimal(effect)}${halfWidth === null ? "" : ` ± ${decimal(halfWidth)}`}`,
      detectable === null ? "—" : decimal(detectable),
      pilot === null ? "unknown" : formatStep(cheapest, pilot.design),
      cheapest === null ? "" : cheapest.coreSeconds === 0 ? "0" : `+${minutes(cheapest.coreSeconds)}`,
    ],
  )
  const head = ["effect", "finds now", `finds ${target} with`, "core-min"]
  const [heading = "", rule = "", ...lines] = formatTable(head, rows, Math.max(width, narrowest) - indent.length).split("\n")
  const body = planned.flatMap((estimate, index) => [
    ...(isSameClaim(estimate, planned[index - 1]) ? [] : wrap(estimate.claim, indent)),
    ...(isAlone(estimate, planned)
      ? []
      : wrap(`part ${estimate.part}: ${estimate.measure}`, `${indent}${indent}`).map((line) => indent + line)),
    indent + lines[index],
    ...remarksOn(estimate, target).flatMap((text) => wrap(text, indent).map((line) => indent + line)),
  ])
  const together = joint.flatMap((step) => formatJoint(step, target, joint.length === 1))
  return [indent + heading, indent + rule, ...body, ...(together.length === 0 ? [] : ["", ...together])].join("\n")
}

const isSameClaim = (estimate: PlannedEstimate, before: PlannedEstimate | undefined): boolean =>
  before?.claim === estimate.claim && before.stage === estimate.stage

const isAlone = ({ claim, stage }: PlannedEstimate, all: ReadonlyArray<PlannedEstimate>): boolean =>
  all.filter((each) => each.claim === claim && each.stage === stage).length === 1

const remarksOn = ({ reason, obstacle, pilot, detectable }: PlannedEstimate, target: number): ReadonlyArray<string> => {
  if (reason !== null) return [`nothing is known of its variance: ${reason}`]
  if (obstacle === null || pilot === null || detectable === null || detectable <= target) return []
  return [`no number of seeds alone: ${names[obstacle]} dominate`]
}

const names: Readonly<Record<keyof Shares, string>> = { worlds: "worlds", seeds: "seeds", sampling: "responses", prompts: "prompts" }

/** Estimates of one design have one line; the design is named where there are others. */
const formatJoint = ({ from, estimates, cheapest }: JointStep, target: number, isOnly: boolean): ReadonlyArray<string> => {
  if (estimates < 2) return []
  const cost = cheapest === null ? "" : `, +${minutes(cheapest.coreSeconds)} core-minutes`
  const which = isOnly ? `${estimates} estimates` : `${estimates} estimates with ${formatDesign(from)}`
  return wrap(`${which} find ${target} together with ${formatStep(cheapest, from)}${cost}`, indent)
}

const formatStep = (step: Step | null, from: Design): string => {
  if (step !== null) return formatDesign(step.design)
  return from.worlds === 1 ? `no design with one world` : `no design up to ${limits.worlds} worlds`
}

/** `4 worlds × 3 seeds × 1,024 prompts`; one world is not named. */
export const formatDesign = ({ worlds, seeds, prompts }: Design): string =>
  [
    ...(worlds === 1 ? [] : [`${worlds} worlds`]),
    `${seeds} ${seeds === 1 ? "seed" : "seeds"}`,
    `${prompts.toLocaleString("en-US")} prompts`,
  ].join(" × ")

/** Core-minutes, with a decimal below ten. */
const minutes = (coreSeconds: number): string => {
  const value = coreSeconds / 60
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US")
}

const decimal = (value: number): string => value.toFixed(3).replace("-", "−")
