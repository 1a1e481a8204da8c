import { type Row, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import type { EngineSetting } from "../../engine/index.ts"
import { Decoder } from "../decode/decoder.ts"
import { DrawTruncationCount } from "../decode/draw-truncation-count.ts"
import { type Judge, printOmissions, toUnlabelledPair } from "../judge/judge.ts"
import { addLabels, countSets, type Labels, printUnknownLabels } from "../judge/labels.ts"
import type { Policy } from "../policy/files.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { promptTokens, responseText } from "../policy/text.ts"
import { tokenizePair } from "../policy/token-pair.ts"
import { followVerdict, type Side, toLabel } from "../preferences/annotation.ts"
import { type Judged, judgeAll, oneUntied } from "../preferences/candidates.ts"
import { Epochs } from "../trainer/epochs.ts"
import type { StepReport } from "../trainer/objective.ts"
import type { SavedState } from "../trainer/saved-state.ts"
import type { DrawnPairs, PairSource } from "./pair-source.ts"

type Preference = Row<typeof preferences>

/** What a PairSampler is made of. */
export interface PairSamplerOptions {
  /** Its tokenizer and shapes are those of the policies that are drawn from. */
  readonly policy: Pick<Policy, "configuration" | "tokenizer">
  /** Rows of a `Prompts` table, asked in random epochs. */
  readonly prompts: ReadonlyArray<{ readonly prompt: string }>
  readonly judge: Judge
  /** Prompts per step, and so pairs. */
  readonly batchSize: number
  /** Responses to each prompt, at least 2, which is the default. */
  readonly perPrompt?: number
  /** The longest response, in tokens, 48 if absent. */
  readonly maxNewTokens?: number
  /** Orders prompts and draws responses. */
  readonly seed: number
  readonly engine: EngineSetting
}

interface Prompt {
  readonly text: string
  readonly tokens: Int32Array
}

/** Two responses to a prompt. */
interface Candidate {
  readonly prompt: Prompt
  readonly sides: readonly [Side, Side]
}

/**
 * Fresh pairs: responses that a policy draws at temperature 1, labelled by a judge. Of the pairs
 * that can be made of a prompt's responses one is taken, at random from those that the judge does
 * not tie. Where it ties all, the pair keeps its place with weight 0. Reports `ties`, the share of
 * such pairs, and of a judge that reads within a context `judge_truncated_prompts` and
 * `judge_truncated_responses`.
 */
export class PairSampler implements PairSource {
  readonly #options: PairSamplerOptions
  readonly #perPrompt: number
  readonly #prompts: ReadonlyArray<Prompt>
  readonly #epochs: Epochs
  readonly #decoder: Decoder
  readonly #drawn: DrawTruncationCount
  /** What the judge has said in the course of the run. */
  readonly #made = { pairs: 0, untied: 0 }

  /**
   * Throws a StageError `TooLittleData` where there are fewer prompts than a batch takes,
   * `ContextTooShort` where the policy's context has no room for a response.
   */
  constructor(options: PairSamplerOptions) {
    const { policy, prompts, batchSize, perPrompt = 2, maxNewTokens = 48, seed, engine } = options
    const { configuration, tokenizer } = policy
    if (prompts.length < batchSize)
      throw new StageError("TooLittleData", `there are ${prompts.length} prompts, and a batch takes ${batchSize}; use a smaller batch`)
    this.#options = options
    this.#perPrompt = perPrompt
    this.#prompts = prompts.map(({ prompt }) => ({ text: prompt, tokens: promptTokens(tokenizer, prompt) }))
    this.#epochs = new Epochs(prompts.length, { batchSize, seed })
    this.#drawn = new DrawTruncationCount({ context: configuration.context, maxNewTokens })
    this.#decoder = new Decoder({
      configuration,
      endOfText: tokenizer.endOfText,
      batchSize: perPrompt * batchSize,
      maxNewTokens,
      temperature: 1,
      purpose: "online",
      seed,
      engine,
    })
  }

  get labels(): Labels {
    const { judge } = this.#options
    return addLabels([countSets(judge.labels ?? {}), { [judge.source]: this.#made }])
  }

  async draw(parameters: WeightsByName, step: number): Promise<DrawnPairs> {
    const { judge, batchSize, seed, policy } = this.#options
    const first = (step - 1) * batchSize
    const asked = this.#epochs.at(step).map((index) => this.#prompts[index] as Prompt)
    const before = judge.context?.truncated.values
    const responses = await this.#respond(parameters, asked, first)
    const candidates = asked.map((prompt, place) => candidatesOf(prompt, responses[place] as ReadonlyArray<Side>))
    const judged = await judgeAll(judge, candidates, ({ prompt, sides }) => toUnlabelledPair(prompt.text, sides))
    const verdicts = judged.flat().map(({ verdict }) => verdict)
    this.#made.pairs += verdicts.length
    this.#made.untied += verdicts.filter(({ outcome }) => outcome !== 0.5).length
    const rows = judged.map((pairs, position): Preference => {
      const index = first + position
      const { pair, verdict } = oneUntied(pairs, { seed, purpose: "pair of a prompt", index }) as Judged<Candidate>
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
    const ties = rows.filter(({ tie }) => tie).length / batchSize
    const pairs = rows.map((row) => tokenizePair(policy.tokenizer, row))
    return { rows, pairs, report: { ties, ...judgeTruncation(judge, before) } }
  }

  snapshot(): SavedState {
    const { context } = this.#options.judge
    return {
      drawn: this.#drawn.saved,
      made: Float32Array.of(this.#made.pairs, this.#made.untied),
      ...(context === undefined ? {} : { judged: context.truncated.saved }),
    }
  }

  restore({ drawn, made, judged }: SavedState): void {
    this.#drawn.restore(drawn)
    this.#made.pairs = made?.[0] ?? 0
    this.#made.untied = made?.[1] ?? 0
    this.#options.judge.context?.truncated.restore(judged)
  }

  printCounts(): void {
    const { judge } = this.#options
    if (judge.source === "proxy" && judge.labels === undefined) printUnknownLabels()
    this.#drawn.print("the policy")
    printOmissions(judge)
  }

  /** Responses to each prompt. `first` is the number of the first prompt among all of the run. */
  async #respond(parameters: WeightsByName, asked: ReadonlyArray<Prompt>, first: number): Promise<ReadonlyArray<ReadonlyArray<Side>>> {
    const perPrompt = this.#perPrompt
    const { tokenizer } = this.#options.policy
    const requests = asked.flatMap(({ tokens }, place) =>
      Array.from({ length: perPrompt }, (_, which) => ({ prompt: tokens, stream: perPrompt * (first + place) + which })),
    )
    const drawn = await this.#decoder.decode(parameters, requests)
    for (const response of drawn) this.#drawn.add(response)
    const sides = drawn.map(({ tokens, logp }) => ({ token_ids: tokens, response: responseText(tokenizer, tokens), logp_policy: logp }))
    return asked.map((_, place) => sides.slice(perPrompt * place, perPrompt * (place + 1)))
  }
}

/**
 * What was cut of the pairs that the judge has read since its counts were `before`, as metrics;
 * empty for a judge without a context.
 */
const judgeTruncation = ({ context }: Judge, before: Readonly<Record<string, number>> | undefined): StepReport => {
  if (context === undefined || before === undefined) return {}
  const { truncated_prompts, truncated_responses } = context.truncated.values
  return {
    judge_truncated_prompts: truncated_prompts - (before.truncated_prompts as number),
    judge_truncated_responses: truncated_responses - (before.truncated_responses as number),
  }
}

/** Every pair of the responses to a prompt. */
const candidatesOf = (prompt: Prompt, responses: ReadonlyArray<Side>): ReadonlyArray<Candidate> =>
  responses.flatMap((second, place) => responses.slice(0, place).map((first): Candidate => ({ prompt, sides: [first, second] })))
