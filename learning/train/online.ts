import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { Decoder } from "../decode/decoder.ts"
import { DrawTruncationCount } from "../decode/draw-truncation-count.ts"
import { type Judge, printTruncation, toUnlabelledPair } from "../judge/judge.ts"
import { addLabels, printUnknownLabels } from "../judge/labels.ts"
import { loadLoss } from "../objective/loss.ts"
import { readPolicy } from "../policy/files.ts"
import { promptsOf, promptTokens, responseText } from "../policy/text.ts"
import type { TruncationCount } from "../policy/truncation-count.ts"
import { followVerdict, type Side, toLabel } from "../preferences/annotation.ts"
import { type Judged, judgeAll, oneUntied } from "../preferences/candidates.ts"
import { epochs } from "../trainer/epochs.ts"
import { nothingToTrain } from "../trainer/nothing-to-train.ts"
import { offerState, savedState } from "../trainer/saved-state.ts"
import { warmupConstant } from "../trainer/schedule.ts"
import { BehaviourPolicy, type BehaviourPolicyState } from "./behaviour-policy.ts"
import type { optimizeOnline } from "./optimize-online.stage.ts"
import { PreferenceLearner } from "./preference-learner.ts"
import { Recorder } from "./recorder.ts"

type Preference = Row<typeof preferences>

/** Steps whose pairs are written to the stream together. */
const stepsPerAppend = 25

type ContextOf<F> = F extends (context: infer C) => unknown ? C : never
type ProxyContext = ContextOf<Run<typeof optimizeOnline>>

/** The context of online training without the judge. */
type Context = Omit<ProxyContext, "inputs"> & { readonly inputs: Omit<ProxyContext["inputs"], "judge"> }

interface Prompt {
  readonly text: string
  readonly tokens: Int32Array
}

/** Two responses to a prompt. */
interface Pair {
  readonly prompt: Prompt
  readonly sides: readonly [Side, Side]
}

/**
 * Draws, has judged, learns, and again: the loop of `optimizeOnline` and `goldenPolicy`, which
 * differ by their judge alone.
 */
export const learnOnline = async (
  { inputs, parameters, outputs, plugin, engine, progress, resume }: Context,
  judge: Judge,
): Promise<void> => {
  const { steps, seed, batchSize, learningRate, weightDecay, checkpoints, synchronise, perPrompt, maxNewTokens } = parameters
  const reference = await readPolicy(inputs.reference)
  const { configuration, tokenizer } = reference
  const prompts = (await promptsOf(inputs.prompts, "train")).map(
    ({ prompt }): Prompt => ({
      text: prompt,
      tokens: promptTokens(tokenizer, prompt),
    }),
  )
  if (prompts.length < batchSize)
    throw new StageError("TooLittleData", `there are ${prompts.length} prompts, and a batch takes ${batchSize}; use a smaller batch`)
  const decoder = new Decoder({
    configuration,
    endOfText: tokenizer.endOfText,
    batchSize: perPrompt * batchSize,
    maxNewTokens,
    temperature: 1,
    purpose: "online",
    seed,
    engine,
  })
  const loss = await loadLoss({ parameters, plugin })
  const learner = new PreferenceLearner(configuration, reference.parameters, loss, engine, weightDecay)
  const behaviour = new BehaviourPolicy(learner, synchronise)
  if (judge.source === "proxy" && judge.labels === undefined) printUnknownLabels()
  /** What the judge has said in the course of the run. */
  const made = { pairs: 0, untied: 0 }
  const cut = new DrawTruncationCount({ context: configuration.context, maxNewTokens })
  const saved = await savedState<OnlineState>(resume)
  if (saved !== undefined) behaviour.restore(saved)
  cut.restore(saved?.drawn)
  made.pairs = saved?.made[0] ?? 0
  made.untied = saved?.made[1] ?? 0
  judge.context?.truncated.restore(saved?.judged)
  const recorder = new Recorder(outputs, {
    policy: reference,
    steps,
    checkpoints,
    labels: () => addLabels([judge.labels ?? {}, { [judge.source]: made }]),
    progress,
  })
  /**
   * `perPrompt` responses to each prompt. `first` is the number of the first prompt among all that
   * the run asks.
   */
  const respond = async (asked: ReadonlyArray<Prompt>, first: number): Promise<ReadonlyArray<ReadonlyArray<Side>>> => {
    const requests = asked.flatMap(({ tokens }, place) =>
      Array.from({ length: perPrompt }, (_, which) => ({ prompt: tokens, stream: perPrompt * (first + place) + which })),
    )
    const drawn = await decoder.decode(behaviour.parameters(), requests)
    for (const response of drawn) cut.add(response)
    const sides = drawn.map(({ tokens }) => ({ token_ids: tokens, response: responseText(tokenizer, tokens) }))
    return asked.map((_, place) => sides.slice(perPrompt * place, perPrompt * (place + 1)))
  }

  let stream: Array<Preference> = []
  for (const indices of epochs(prompts.length, { batchSize, steps, seed, done: learner.steps })) {
    const step = learner.steps + 1
    const first = (step - 1) * batchSize
    const asked = indices.map((index) => prompts[index] as Prompt)
    const before = judge.context?.truncated.values
    const responses = await respond(asked, first)
    const candidates = asked.map((prompt, place) => pairsOf(prompt, responses[place] as ReadonlyArray<Side>))
    const judged = await judgeAll(judge, candidates, ({ prompt, sides }) => toUnlabelledPair(prompt.text, sides))
    const verdicts = judged.flat().map(({ verdict }) => verdict)
    made.pairs += verdicts.length
    made.untied += verdicts.filter(({ outcome }) => outcome !== 0.5).length
    const rows = judged.map((pairs, position): Preference => {
      const index = first + position
      const { pair, verdict } = oneUntied(pairs, { seed, purpose: "pair of a prompt", index }) as Judged<Pair>
      return {
        ...toLabel(pair.sides, verdict, followVerdict(verdict), judge),
        pair_id: index,
        prompt: pair.prompt.text,
        // The policy of this step has no artifact of its own.
        policy_key: null,
        step,
        position,
      }
    })
    const pairs = rows.map(({ chosen_token_ids, rejected_token_ids, tie }, position) => ({
      prompt: (asked[position] as Prompt).tokens,
      chosen: chosen_token_ids,
      rejected: rejected_token_ids,
      weight: tie ? 0 : 1,
    }))
    const report = await learner.step(pairs, warmupConstant(step, steps, learningRate))
    stream.push(...rows)
    if (step % stepsPerAppend === 0 || step === steps) {
      await outputs.stream.append(stream)
      stream = []
    }
    const ties = rows.filter(({ tie }) => tie).length / batchSize
    await recorder.step(learner, { ...report, ties, ...judgeTruncation(judge, before) })
    await offerState(resume, step, () => ({
      ...behaviour.snapshot(),
      drawn: cut.saved,
      made: Float32Array.of(made.pairs, made.untied),
      ...(judge.context === undefined ? {} : { judged: judge.context.truncated.saved }),
    }))
  }
  const { context } = configuration
  if (learner.useful === 0) throw nothingToTrain(`every pair of ${steps} steps of ${batchSize} was a tie or too long`, context)
  cut.print("the policy")
  learner.truncated.print("the learner", "pairs", context)
  printTruncation(judge)
}

/**
 * With what has been counted so far: what drawing cut, what judging cut, and the labels that were
 * made.
 */
type OnlineState = BehaviourPolicyState & { readonly drawn: Float32Array; readonly judged?: Float32Array; readonly made: Float32Array }

/**
 * What was cut of the pairs that the judge has read since its counts were `before`, as metrics;
 * empty for a judge without a context.
 */
const judgeTruncation = ({ context }: Judge, before: TruncationCount["values"] | undefined): Readonly<Record<string, number>> => {
  if (context === undefined || before === undefined) return {}
  const { truncated_prompts, truncated_responses } = context.truncated.values
  return {
    judge_truncated_prompts: truncated_prompts - before.truncated_prompts,
    judge_truncated_responses: truncated_responses - before.truncated_responses,
  }
}

/** Every pair of the responses to a prompt. */
const pairsOf = (prompt: Prompt, responses: ReadonlyArray<Side>): ReadonlyArray<Pair> =>
  responses.flatMap((second, place) => responses.slice(0, place).map((first): Pair => ({ prompt, sides: [first, second] })))
