import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { asJudged, labelled, type Side } from "../judge/annotation.ts"
import { type Judged, judgeAll, oneUntied } from "../judge/candidates.ts"
import type { Judge, ResponsePair } from "../judge/judge.ts"
import { readPolicy } from "../policy/files.ts"
import { promptsOf, promptTokens, responseText } from "../policy/text.ts"
import { Decoder } from "../sample/decoder.ts"
import { epochs } from "./epochs.ts"
import type { optimizeOnline } from "./optimize-online.stage.ts"
import { PreferenceLearner } from "./preference-learner.ts"
import { Recorder } from "./recorder.ts"
import { Sampler, type SamplerState } from "./sampler.ts"
import { offerState, savedState } from "./saved-state.ts"
import { warmupConstant } from "./schedule.ts"

type Preference = Row<typeof preferences>

/** Steps whose pairs are written to the stream together. */
const portion = 25

type ContextOf<F> = F extends (context: infer C) => unknown ? C : never
type ProxyContext = ContextOf<Run<typeof optimizeOnline>>

/** What online training is given, whoever judges. */
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

/** Draws, has judged, learns, and again: the loop of `optimizeOnline` and `goldenPolicy`, which differ by their judge alone. */
export const learnOnline = async ({ inputs, parameters, outputs, engine, progress, resume }: Context, judge: Judge): Promise<void> => {
  const { loss, steps, seed, batch, learningRate, weightDecay, checkpoints, synchronise, perPrompt, longest } = parameters
  const reference = await readPolicy(inputs.reference)
  const { configuration, tokenizer } = reference
  const prompts = (await promptsOf(inputs.prompts, "train")).map(
    ({ prompt }): Prompt => ({
      text: prompt,
      tokens: promptTokens(tokenizer, prompt),
    }),
  )
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
  const sampler = new Sampler(learner, synchronise)
  const saved = await savedState<SamplerState>(resume)
  if (saved !== undefined) sampler.restore(saved)
  const recorder = new Recorder(outputs, {
    policy: reference,
    steps,
    checkpoints,
    labels: { [judge.source]: (steps * batch * perPrompt * (perPrompt - 1)) / 2 },
    progress,
  })
  /** `perPrompt` responses to each prompt. `first` is the number of the first prompt among all that the run asks. */
  const respond = async (asked: ReadonlyArray<Prompt>, first: number): Promise<ReadonlyArray<ReadonlyArray<Side>>> => {
    const requests = asked.flatMap(({ tokens }, place) =>
      Array.from({ length: perPrompt }, (_, which) => ({ prompt: tokens, stream: perPrompt * (first + place) + which })),
    )
    const drawn = await decoder.decode(sampler.parameters(), requests)
    const sides = drawn.map(({ tokens }) => ({ token_ids: tokens, response: responseText(tokenizer, tokens) }))
    return asked.map((_, place) => sides.slice(perPrompt * place, perPrompt * (place + 1)))
  }

  let stream: Array<Preference> = []
  for (const indices of epochs(prompts.length, { batch, steps, seed, done: learner.steps })) {
    const step = learner.steps + 1
    const first = (step - 1) * batch
    const asked = indices.map((index) => prompts[index] as Prompt)
    const responses = await respond(asked, first)
    const candidates = asked.map((prompt, place) => pairsOf(prompt, responses[place] as ReadonlyArray<Side>))
    const judged = await judgeAll(judge, candidates, asText)
    const rows = judged.map((pairs, position): Preference => {
      const index = first + position
      const { pair, verdict } = oneUntied(pairs, { seed, purpose: "pair of a prompt", index }) as Judged<Pair>
      return {
        ...labelled(pair.sides, verdict, asJudged(verdict), judge),
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
    if (step % portion === 0 || step === steps) {
      await outputs.stream.append(stream)
      stream = []
    }
    await recorder.step(learner, { ...report, ties: rows.filter(({ tie }) => tie).length / batch }, rows)
    await offerState(resume, step, () => sampler.snapshot())
  }
}

/** Every pair of the responses to a prompt. */
const pairsOf = (prompt: Prompt, responses: ReadonlyArray<Side>): ReadonlyArray<Pair> =>
  responses.flatMap((second, place) => responses.slice(0, place).map((first): Pair => ({ prompt, sides: [first, second] })))

const asText = ({ prompt, sides: [first, second] }: Pair): ResponsePair => ({
  prompt: prompt.text,
  first: first.response,
  second: second.response,
})
