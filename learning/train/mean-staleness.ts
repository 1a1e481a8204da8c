import type { MetricRow } from "../../data/schema/index.ts"
import { stepsPerMeasurement } from "./measured-steps.ts"

/**
 * D, the mean over a run of how far the learner was from the policy that drew its pairs, in nats:
 * KL(π_t ‖ μ_t) of `staleness`, or KL(μ_t ‖ π_t) of `staleness_reverse`, from the metrics of
 * `optimize`, `optimizeOnline` or `goldenPolicy`. Each measurement stands for the 25 steps that it
 * was drawn from. Undefined where it is missing of some, such as in a run on imported pairs: a mean
 * over the rest would be too low, because what is far away is what cannot be measured. Arms that
 * are compared must be summarised by the same metric.
 */
export const meanStaleness = (
  metrics: ReadonlyArray<MetricRow>,
  metric: "staleness" | "staleness_reverse" = "staleness",
): number | undefined => {
  const steps = metrics.reduce((last, { step }) => Math.max(last, step), 0)
  const blocks = Math.ceil(steps / stepsPerMeasurement)
  const measured = metrics.filter(({ name }) => name === metric)
  const inBlock = (block: number) => measured.find(({ step }) => Math.floor((step - 1) / stepsPerMeasurement) === block)?.value
  const values = Array.from({ length: blocks }, (_, block) => inBlock(block))
  if (blocks === 0 || values.some((value) => value === undefined)) return undefined
  const sizeOf = (block: number) => Math.min(stepsPerMeasurement, steps - block * stepsPerMeasurement)
  return values.reduce((sum: number, value, block) => sum + (value as number) * sizeOf(block), 0) / steps
}
