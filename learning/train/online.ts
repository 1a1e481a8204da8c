import type { Run } from "assay"
import type { Judge } from "../judge/judge.ts"
import { loadLoss } from "../objective/loss.ts"
import { withLora } from "../policy/adapter/lora.ts"
import { readPolicy } from "../policy/files.ts"
import { readPrompts } from "../policy/text.ts"
import { nothingToTrain } from "../trainer/nothing-to-train.ts"
import { restoreState } from "../trainer/saved-state.ts"
import { warmupConstant } from "../trainer/schedule.ts"
import { BehaviourPolicy } from "./behaviour-policy.ts"
import type { optimizeOnline } from "./optimize-online.stage.ts"
import { PairSampler } from "./pair-sampler.ts"
import { learnerOptions, PreferenceLearner } from "./preference-learner.ts"
import { Recorder } from "./recorder.ts"
import { StalenessMeter } from "./staleness.ts"

type ContextOf<F> = F extends (context: infer C) => unknown ? C : never
type ProxyContext = ContextOf<Run<typeof optimizeOnline>>

/** The context of online training without the judge. */
type Context = Omit<ProxyContext, "inputs"> & { readonly inputs: Omit<ProxyContext["inputs"], "judge"> }

/**
 * Draws, has judged, learns, and again: the loop of `optimizeOnline` and `goldenPolicy`, which
 * differ by their judge alone.
 */
export const learnOnline = async (
  { inputs, parameters, outputs, plugin, engine, progress, resume }: Context,
  judge: Judge,
): Promise<void> => {
  const { steps, seed, batchSize, learningRate, synchronise, lora } = parameters
  const reference = await readPolicy(inputs.reference)
  const policy = withLora(reference, lora, seed)
  const prompts = await readPrompts(inputs.prompts, "train")
  const source = new PairSampler({ ...parameters, policy, prompts, judge, engine })
  const loss = await loadLoss({ parameters, plugin })
  const learner = new PreferenceLearner(policy, reference, loss, engine, learnerOptions(parameters))
  const behaviour = new BehaviourPolicy(learner, synchronise)
  const recorder = new Recorder(outputs, { ...parameters, policy, labels: () => source.labels, progress })
  const meter = new StalenessMeter({ ...parameters, policy, engine })
  const offerState = await restoreState(resume, { learner, behaviour, source })
  for (let step = learner.steps + 1; step <= steps; step++) {
    const sampled = behaviour.parameters()
    const drawn = await source.draw(sampled, step)
    const staleness = await meter.measure(step, learner.parameters, drawn, sampled)
    const report = await learner.step(drawn.pairs, warmupConstant(step, steps, learningRate))
    await outputs.stream.append(drawn.rows)
    await recorder.step(learner, { ...report, ...drawn.report, ...staleness })
    await offerState(step)
  }
  if (learner.useful === 0)
    throw nothingToTrain(`every pair of ${steps} steps of ${batchSize} was a tie or too long`, reference.configuration.context)
  for (const part of [source, learner]) part.printCounts()
}
