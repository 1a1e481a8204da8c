import { type EngineSetting, type NamedValues, ProgramCache, type TensorSpecs } from "../../engine/index.ts"
import { Decoder } from "../decode/decoder.ts"
import { compileDivergence } from "../policy/divergence.ts"
import type { Policy } from "../policy/files.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import { packInBatches } from "../policy/pack-in-batches.ts"
import type { Sequence } from "../policy/packing.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import type { TokenPair } from "../policy/token-pair.ts"
import type { StepReport } from "../trainer/objective.ts"
import { measuredSteps } from "./measured-steps.ts"
import type { DrawnPairs } from "./pair-source.ts"

/** What a StalenessMeter is made of. */
export interface StalenessOptions {
  /** Its tokenizer and shapes are those of the learner. */
  readonly policy: Pick<Policy, "configuration" | "tokenizer">
  /** Steps of the whole run. */
  readonly steps: number
  /** The longest response, in tokens, that pairs are made of; 48 if absent. */
  readonly maxNewTokens?: number
  /** Draws the steps that are measured, and responses. */
  readonly seed: number
  readonly engine: EngineSetting
}

/** Prompts of a step that the learner answers to be measured. */
const promptsPerMeasurement = 8

/**
 * How far a learner π_t is from the policy μ_t that drew the pairs of its step, in nats. Call
 * `measure` before each step; at one step of each 25, drawn at random, it reports
 *
 * - `staleness`: KL(π_t ‖ μ_t) over the prompts of the step, and `staleness_error`, its standard
 *   error. Exactly 0 where the two are one. Else the learner answers 8 of the prompts, and the
 *   exact divergence at every token is summed over each response, which is unbiased (the
 *   Rao–Blackwellised estimate of Amini et al. 2025). It needs the weights of μ_t, and is absent
 *   where they are not at hand.
 * - `staleness_reverse`: KL(μ_t ‖ π_t), the mean of log μ_t − log π_t over the responses of the
 *   step's pairs, and `staleness_reverse_error`. It needs `logp_chosen` and `logp_rejected` alone,
 *   so it is there for recorded streams too. Where pairs were selected, such as those that are not
 *   ties, it is the mean over these.
 *
 * The first is not estimated from the pairs by their weights π_t/μ_t: of 64 responses that gives
 * 0.47 ± 0.42 at 0.37 nats and nothing to go by beyond that, and to keep only the estimates that
 * look good is to keep those that are too low.
 *
 * It draws from random numbers of its own and keeps no state: a run learns the same with it and
 * without it, and a resumed run measures the same.
 */
export class StalenessMeter {
  readonly #options: StalenessOptions
  readonly #measured: ReadonlySet<number>
  readonly #decoder: Decoder
  readonly #divergences: ProgramCache<TensorSpecs>
  readonly #logProbabilities: LogProbabilities

  constructor(options: StalenessOptions) {
    const { policy, steps, maxNewTokens = 48, seed, engine } = options
    const { configuration, tokenizer } = policy
    this.#options = options
    this.#measured = new Set(measuredSteps(steps, seed))
    this.#decoder = new Decoder({
      configuration,
      endOfText: tokenizer.endOfText,
      batchSize: promptsPerMeasurement,
      maxNewTokens,
      temperature: 1,
      purpose: "staleness",
      seed,
      engine,
    })
    this.#divergences = new ProgramCache((specs) => compileDivergence({ policy: configuration, reference: configuration }, specs, engine))
    this.#logProbabilities = new LogProbabilities(configuration, engine)
  }

  /**
   * The metrics of a step, from 1, before it is taken: of the learner's weights, the step's pairs,
   * and the weights of the policy that drew them, undefined where they are not at hand. Empty at
   * steps that are not measured.
   */
  async measure(
    step: number,
    learner: WeightsByName,
    { rows, pairs }: Pick<DrawnPairs, "rows" | "pairs">,
    behaviour: WeightsByName | undefined,
  ): Promise<StepReport> {
    if (!this.#measured.has(step)) return {}
    if (behaviour !== undefined && areSame(learner, behaviour)) return report({ mean: 0, error: 0 }, { mean: 0, error: 0 })
    const forward = behaviour === undefined ? undefined : await this.#answer(step, learner, behaviour, pairs)
    return report(forward, await this.#readPairs(learner, rows, pairs))
  }

  /** KL(learner ‖ behaviour) over responses that the learner draws. */
  async #answer(step: number, learner: WeightsByName, behaviour: WeightsByName, pairs: ReadonlyArray<TokenPair>): Promise<Estimate> {
    const asked = pairs.slice(0, promptsPerMeasurement)
    const requests = asked.map(({ prompt }, place) => ({ prompt, stream: promptsPerMeasurement * step + place }))
    const sequences = (await this.#decoder.decode(learner, requests)).map(({ prompt, tokens }): Sequence => ({ prompt, response: tokens }))
    const parameters = { ...prefixed("policy/", learner), ...prefixed("reference/", behaviour) }
    const values: Array<number> = []
    for (const { packed, count } of packInBatches(sequences, this.#options.policy.configuration.context)) {
      const program = await this.#divergences.get(packed.specs)
      const { kl } = await program.run({ ...packed.values, ...parameters })
      values.push(...(kl as Float32Array).subarray(0, count))
    }
    return estimateOf(values)
  }

  /**
   * KL(behaviour ‖ learner) by the pairs' responses; undefined where a log-probability was not
   * recorded, or a response does not fit the context whole.
   */
  async #readPairs(learner: WeightsByName, rows: DrawnPairs["rows"], pairs: ReadonlyArray<TokenPair>): Promise<Estimate | undefined> {
    const { context } = this.#options.policy.configuration
    const responses = rows.flatMap(({ logp_chosen, logp_rejected }, index) => {
      const { prompt, chosen, rejected } = pairs[index] as TokenPair
      return [
        { prompt, response: chosen, recorded: logp_chosen },
        { prompt, response: rejected, recorded: logp_rejected },
      ]
    })
    if (responses.some(({ prompt, response, recorded }) => recorded === null || prompt.length + response.length > context)) return undefined
    const logp = await this.#logProbabilities.of(learner, responses)
    return estimateOf(responses.map(({ recorded }, index) => (recorded as number) - (logp[index] as number)))
  }
}

interface Estimate {
  readonly mean: number
  /** Standard error of the mean. */
  readonly error: number
}

/** The mean of independent terms; of one term the error is not known and said to be 0. */
const estimateOf = (terms: ReadonlyArray<number>): Estimate => {
  const mean = terms.reduce((total, term) => total + term, 0) / terms.length
  const squares = terms.reduce((total, term) => total + (term - mean) ** 2, 0)
  return { mean, error: terms.length < 2 ? 0 : Math.sqrt(squares / (terms.length - 1) / terms.length) }
}

const report = (forward: Estimate | undefined, reverse: Estimate | undefined): StepReport => ({
  ...(forward === undefined ? {} : { staleness: forward.mean, staleness_error: forward.error }),
  ...(reverse === undefined ? {} : { staleness_reverse: reverse.mean, staleness_reverse_error: reverse.error }),
})

/** Whether two policies lie in the same memory. */
const areSame = (one: WeightsByName, other: WeightsByName): boolean =>
  Object.entries(one).every(([name, { buffer, byteOffset }]) => other[name]?.buffer === buffer && other[name].byteOffset === byteOffset)

const prefixed = (prefix: string, parameters: WeightsByName): NamedValues =>
  Object.fromEntries(Object.entries(parameters).map(([name, values]) => [`${prefix}${name}`, values]))
