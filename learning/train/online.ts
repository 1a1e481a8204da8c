import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { integers } from "../../engine/random/philox.ts"
import type { Judge, Verdict } from "../judge/judge.ts"
import { readPolicy } from "../policy/files.ts"
import type { Parameters } from "../policy/parameters.ts"
import { promptsOf, promptTokens, responseText } from "../policy/text.ts"
import { Decoder } from "../sample/decoder.ts"
import { epochs } from "./epochs.ts"
import type { Snapshot } from "./learner.ts"
import type { optimizeOnline } from "./optimize-online.stage.ts"
import { PreferenceLearner } from "./preference-learner.ts"
import { Recorder } from "./recorder.ts"
import { offerState, savedState } from "./saved-state.ts"
import { warmupConstant } from "./schedule.ts"

type Preference = Row<typeof preferences>

interface Drawn {
  readonly tokens: Int32Array
  readonly text: string
}

/** Steps whose pairs are written to the stream together. */
const portion = 25

type ContextOf<F> = F extends (context: infer C) => unknown ? C : never
type ProxyContext = ContextOf<Run<typeof optimizeOnline>>

/** What online training is given, whoever judges. */
type Context = Omit<ProxyContext, "inputs"> & { readonly inputs: Omit<ProxyContext["inputs"], "judge"> }

/** Draws, has judged, learns, and again: the loop of `optimizeOnline` and `goldenPolicy`, which differ by their judge alone. */
export const learnOnline = async (context: Context, judge: Judge): Promise<void> => {
  const { inputs, parameters, outputs, engine, progress, resume } = context
  const { loss, steps, seed, batch, learningRate, weightDecay, checkpoints, synchronise, perPrompt, longest } = parameters
  const reference = await readPolicy(inputs.reference)
  const { configuration, tokenizer } = reference
  const prompts = (await promptsOf(inputs.prompts, "train")).map(({ prompt }) => ({
    text: prompt,
    tokens: promptTokens(tokenizer, prompt),
  }))
  if (prompts.length < batch)
    throw new StageError("TooLittleData", `there are ${prompts.length} prompts, and a batch takes ${batch}; use a smaller batch`)
  const decoder = new Decoder({
    configuration,
    endOfText: tokenizer.endOfText,
    batch: perPrompt * batch,
    longest,
    temperature: 1,
    purpose: "online",
    seed,
    engine,
  })
  const learner = new PreferenceLearner(configuration, reference.parameters, loss, engine, weightDecay)
  /** The pairs of responses to a prompt, by their numbers. */
  const places = Array.from({ length: perPrompt }, (_, second) =>
    Array.from({ length: second }, (_, first) => [first, second] as const),
  ).flat()
  const sampler = new Sampler(learner, synchronise)
  const saved = await savedState<SamplerState>(resume)
  if (saved !== undefined) sampler.restore(saved)
  const recorder = new Recorder(outputs, {
    policy: reference,
    steps,
    checkpoints,
    labels: { [judge.source]: steps * batch * places.length },
    progress,
  })

  let stream: Array<Preference> = []
  for (const indices of epochs(prompts.length, { batch, steps, seed, done: learner.steps })) {
    const step = learner.steps + 1
    const asked = indices.map((index) => prompts[index] as (typeof prompts)[number])
    const drawn = await decoder.decode(
      sampler.parameters(),
      asked.flatMap(({ tokens }, place) =>
        Array.from({ length: perPrompt }, (_, which) => ({ prompt: tokens, stream: perPrompt * ((step - 1) * batch + place) + which })),
      ),
    )
    const responses = drawn.map(({ tokens }) => ({ tokens, text: responseText(tokenizer, tokens) }))
    const possible = asked.flatMap(({ text, tokens }, place) =>
      places.map((pair) => {
        const [first, second] = pair.map((which) => responses[perPrompt * place + which]) as [Drawn, Drawn]
        return { prompt: text, promptTokens: tokens, first, second }
      }),
    )
    const verdicts = await judge.compare(possible.map(({ prompt, first, second }) => ({ prompt, first: first.text, second: second.text })))
    const candidates = asked.map((_, place) => {
      const judged = places.map((_, pair) => {
        const index = places.length * place + pair
        return { ...(possible[index] as (typeof possible)[number]), verdict: verdicts[index] as Verdict }
      })
      const untied = judged.filter(({ verdict }) => verdict.outcome !== 0.5)
      const from = untied.length > 0 ? untied : judged
      const [drawn] = integers(seed, "pair of a prompt", (step - 1) * batch + place, from.length, new Int32Array(1))
      return from[drawn as number] as (typeof judged)[number]
    })
    const rows = candidates.map(({ prompt, first, second, verdict }, position): Preference => {
      const { outcome, probability, scores } = verdict
      const swapped = outcome === 0
      const [chosen, rejected] = swapped ? [second, first] : [first, second]
      const [score_chosen, score_rejected] = scores === null ? [null, null] : swapped ? [scores[1], scores[0]] : scores
      return {
        pair_id: (step - 1) * batch + position,
        prompt,
        chosen: chosen.text,
        rejected: rejected.text,
        chosen_token_ids: chosen.tokens,
        rejected_token_ids: rejected.tokens,
        score_chosen,
        score_rejected,
        p_chosen: probability === null ? null : swapped ? 1 - probability : probability,
        tie: outcome === 0.5,
        source: judge.source,
        judge_key: judge.key,
        // The policy of this step has no artifact of its own.
        policy_key: null,
        step,
        position,
      }
    })
    const pairs = rows.map(({ chosen_token_ids, rejected_token_ids, tie }, position) => ({
      prompt: (candidates[position] as (typeof candidates)[number]).promptTokens,
      chosen: chosen_token_ids,
      rejected: rejected_token_ids,
      weight: tie ? 0 : 1,
    }))
    const report = await learner.step(pairs, warmupConstant(step, steps, learningRate))
    stream.push(...rows)
    if (step % portion === 0 || step === steps) {
      await outputs.stream.append(stream)
      stream = []
    }
    await recorder.step(learner, { ...report, ties: rows.filter(({ tie }) => tie).length / batch }, rows)
    await offerState(resume, step, () => sampler.snapshot())
  }
}

type SamplerState = Snapshot & Readonly<Record<string, Float32Array>>

const prefix = "sampler/"

/** The policy that responses are drawn from: the learner's as it was after the last multiple of `period` steps. */
class Sampler {
  readonly #learner: PreferenceLearner
  readonly #period: number
  #parameters: Parameters | undefined

  constructor(learner: PreferenceLearner, period: number) {
    this.#learner = learner
    this.#period = period
  }

  /** Call before each step. */
  parameters(): Parameters {
    if (this.#period === 1) return this.#learner.parameters
    if (this.#learner.steps % this.#period === 0 || this.#parameters === undefined)
      this.#parameters = structuredClone(this.#learner.parameters)
    return this.#parameters
  }

  /** Of the learner, and of the policy that is drawn from where it is another. */
  snapshot(): SamplerState {
    const own = Object.entries(this.#parameters ?? {}).map(([name, values]) => [prefix + name, values] as const)
    return { ...this.#learner.snapshot(), ...Object.fromEntries(own) }
  }

  restore(state: SamplerState): void {
    this.#learner.restore(state)
    const own = Object.entries(state).filter(([name]) => name.startsWith(prefix))
    if (own.length > 0) this.#parameters = Object.fromEntries(own.map(([name, values]) => [name.slice(prefix.length), values]))
  }
}
