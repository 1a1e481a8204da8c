import type { Run } from "assay"
import { loadLoss } from "../objective/loss.ts"
import { withLora } from "../policy/adapter/lora.ts"
import { readPolicy } from "../policy/files.ts"
import { fitPair } from "../policy/token-pair.ts"
import { nothingToTrain } from "../trainer/nothing-to-train.ts"
import { restoreState } from "../trainer/saved-state.ts"
import { warmupConstant } from "../trainer/schedule.ts"
import { RecordedPairs, ShuffledPairs } from "./given-pairs.ts"
import type { optimize } from "./optimize.stage.ts"
import { learnerOptions, PreferenceLearner } from "./preference-learner.ts"
import { Recorder } from "./recorder.ts"
import { StalenessMeter } from "./staleness.ts"

export const run: Run<typeof optimize> = async ({ inputs, parameters, outputs, plugin, engine, progress, resume }) => {
  const { steps, seed, batchSize, learningRate, order, lora } = parameters
  const reference = await readPolicy(inputs.reference)
  const policy = withLora(reference, lora, seed)
  const { context } = reference.configuration
  const given = { ...parameters, policy, rows: await inputs.preferences.read(), reference: inputs.reference.digest }
  const source = order === "stream" ? new RecordedPairs(given) : new ShuffledPairs(given)
  const loss = await loadLoss({ parameters, plugin })
  const learner = new PreferenceLearner(policy, reference, loss, engine, learnerOptions(parameters))
  const recorder = new Recorder(outputs, { ...parameters, policy, labels: () => source.labels, progress })
  const meter = new StalenessMeter({ ...parameters, policy, maxNewTokens: source.longestResponse, engine })
  const offerState = await restoreState(resume, { learner })
  const teaches = async (step: number) =>
    (await source.draw(learner.parameters, step)).pairs.some((pair) => fitPair(pair, context).weight > 0)
  for (let step = 1; !(await teaches(step)); step++)
    if (step === steps) throw nothingToTrain(`every pair of ${steps} steps of ${batchSize} is a tie or too long`, context)
  for (let step = learner.steps + 1; step <= steps; step++) {
    const drawn = await source.draw(learner.parameters, step)
    const areOfReference = drawn.rows.every(({ policy_key }) => policy_key === inputs.reference.digest)
    const staleness = await meter.measure(step, learner.parameters, drawn, areOfReference ? policy.parameters : undefined)
    const report = await learner.step(drawn.pairs, warmupConstant(step, steps, learningRate))
    await recorder.step(learner, { ...report, ...staleness })
    await offerState(step)
  }
  for (const part of [source, learner]) part.printCounts()
}
