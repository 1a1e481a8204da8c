import { isDeepStrictEqual } from "node:util"
import { type Run, StageError } from "assay"
import { permutation } from "../../engine/random/philox.ts"
import { readGoldJudge } from "../judge/gold.ts"
import type { Verdict } from "../judge/judge.ts"
import type { Configuration } from "../policy/configuration.ts"
import { readCheckpoint, readCheckpoints, readPolicy } from "../policy/files.ts"
import type { Sequence } from "../policy/packing.ts"
import type { Parameters } from "../policy/parameters.ts"
import { promptsOf, promptTokens, responseText } from "../policy/text.ts"
import { type Decoded, Decoder } from "../sample/decoder.ts"
import { type Divergence, Divergences } from "./divergences.ts"
import type { evaluate } from "./evaluate.stage.ts"
import { givenPairs } from "./given-pairs.ts"

const decodeBatch = 64

export const run: Run<typeof evaluate> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { count, seed, split, longest } = parameters
  const { configuration, tokenizer, tokenizerFiles, steps } = await readCheckpoints(inputs.run)
  const reference = await readPolicy(inputs.reference)
  const opponent = await readPolicy(inputs.opponent)
  for (const [role, policy] of Object.entries({ reference, opponent })) {
    if (policy.tokenizerFiles.tokenizer !== tokenizerFiles.tokenizer)
      throw new StageError("NotComparable", `the ${role} has another tokenizer than the run: their tokens do not mean the same`)
  }
  if (!isDeepStrictEqual(reference.configuration, configuration)) {
    throw new StageError("NotComparable", "the reference has another shape than the run: it is not the policy that the run started from")
  }
  const gold = await readGoldJudge(inputs.judge, engine)
  const all = await promptsOf(inputs.prompts, split)
  const prompts = [...permutation(all.length, seed, "evaluated prompts").subarray(0, count)]
    .map((index) => all[index] as (typeof all)[number])
    .map(({ prompt_id, prompt }) => ({ prompt_id, prompt, tokens: promptTokens(tokenizer, prompt) }))
  const given = givenPairs((await inputs.preferences?.read()) ?? [], { tokenizer, count, seed })
  const requests = prompts.map(({ tokens }, stream) => ({ prompt: tokens, stream }))
  /** Someone who answers the prompts; the purpose names the random numbers. */
  const player = (of: Configuration, purpose: string) => {
    const { endOfText } = tokenizer
    const decoder = new Decoder({ configuration: of, endOfText, batch: decodeBatch, longest, temperature: 1, purpose, seed, engine })
    return async (policy: Parameters): Promise<ReadonlyArray<Answer>> =>
      (await decoder.decode(policy, requests)).map(({ tokens, finish }, index) => ({
        text: responseText(tokenizer, tokens),
        finish,
        sequence: { prompt: (requests[index] as (typeof requests)[number]).prompt, response: tokens },
      }))
  }
  const answer = player(configuration, "policy")
  const answerAgain = player(configuration, "policy, again")
  const against = await player(opponent.configuration, "opponent")(opponent.parameters)
  const divergences = new Divergences(configuration, reference.parameters, engine)
  const judged = (first: ReadonlyArray<Answer>, second: ReadonlyArray<Answer>): Promise<ReadonlyArray<Verdict>> =>
    gold.compare(prompts.map(({ prompt }, index) => ({ prompt, first: first[index]?.text ?? "", second: second[index]?.text ?? "" })))

  for (const [done, step] of steps.entries()) {
    const policy = await readCheckpoint(inputs.run, configuration, step)
    const divergencesOf = (sequences: ReadonlyArray<Sequence>) => divergences.of(policy, sequences)
    const own = await answer(policy)
    const ownDivergences = await divergencesOf(own.map(({ sequence }) => sequence))
    const verdicts = await judged(own, against)
    await outputs.evaluation.append(
      prompts.map(({ prompt_id }, index) => {
        const { text, finish, sequence } = own[index] as Answer
        const { outcome, scores } = verdicts[index] as Verdict
        return {
          step,
          prompt_id,
          response: text,
          opponent: against[index]?.text ?? "",
          outcome,
          score: scores?.[0] ?? null,
          kl: ownDivergences[index]?.kl as number,
          tokens: sequence.response.length,
          finish_reason: finish,
        }
      }),
    )

    const again = await answerAgain(policy)
    const againDivergences = await divergencesOf(again.map(({ sequence }) => sequence))
    const samples = (await judged(own, again)).flatMap(({ outcome }, index) => {
      const margin = marginAt(ownDivergences, againDivergences, index)
      const pair_id = (prompts[index] as (typeof prompts)[number]).prompt_id
      return outcome === 0.5 ? [] : [{ pair_id, margin: outcome === 1 ? margin : -margin, pair_source: "samples" }]
    })
    const chosen = await divergencesOf(given.map((pair) => pair.chosen))
    const rejected = await divergencesOf(given.map((pair) => pair.rejected))
    const preferences = given.map(({ pair_id }, index) => ({
      pair_id,
      margin: marginAt(chosen, rejected, index),
      pair_source: "preferences",
    }))
    await outputs.classification.append(
      [...samples, ...preferences].map((pair) => ({ step, ...pair, correct: pair.margin === 0 ? null : pair.margin > 0 })),
    )
    progress(done + 1, steps.length)
  }
}

/** A response of a player. */
interface Answer {
  readonly text: string
  readonly finish: Decoded["finish"]
  readonly sequence: Sequence
}

/** Δ of the pair of responses at an index, in nats. */
const marginAt = (first: ReadonlyArray<Divergence>, second: ReadonlyArray<Divergence>, index: number): number =>
  (first[index]?.ratio as number) - (second[index]?.ratio as number)
