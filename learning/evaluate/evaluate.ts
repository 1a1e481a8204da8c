import { isDeepStrictEqual } from "node:util"
import { type Run, StageError } from "assay"
import { permutation } from "../../engine/random/philox.ts"
import { readGoldJudge } from "../judge/gold.ts"
import type { Verdict } from "../judge/judge.ts"
import { readCheckpoint, readCheckpoints, readPolicy } from "../policy/files.ts"
import type { Parameters } from "../policy/parameters.ts"
import type { Sequence } from "../policy/sequence.ts"
import { promptsOf, promptTokens, responseText, responseTokens } from "../policy/text.ts"
import { type Decoded, Decoder } from "../sample/decoder.ts"
import { type Divergence, Divergences } from "./divergences.ts"
import type { evaluate } from "./evaluate.stage.ts"

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
  const gold = await readGoldJudge(inputs.judge)
  const all = await promptsOf(inputs.prompts, split)
  const prompts = [...permutation(all.length, seed, "evaluated prompts").subarray(0, count)]
    .map((index) => all[index] as (typeof all)[number])
    .map(({ prompt_id, prompt }) => ({ prompt_id, prompt, tokens: promptTokens(tokenizer, prompt) }))
  const given = ((await inputs.preferences?.read()) ?? []).filter(({ tie }) => !tie).slice(0, count)
  const chosen = given.map(
    ({ prompt, chosen: text, chosen_token_ids }): Sequence => ({
      prompt: promptTokens(tokenizer, prompt),
      response: chosen_token_ids.length > 0 ? chosen_token_ids : responseTokens(tokenizer, text),
    }),
  )
  const rejected = given.map(
    ({ prompt, rejected: text, rejected_token_ids }): Sequence => ({
      prompt: promptTokens(tokenizer, prompt),
      response: rejected_token_ids.length > 0 ? rejected_token_ids : responseTokens(tokenizer, text),
    }),
  )

  const draw = (player: typeof opponent.configuration, policy: Parameters, purpose: string): Promise<ReadonlyArray<Decoded>> => {
    const decoder =
      decoders.get(purpose) ??
      new Decoder({
        configuration: player,
        endOfText: tokenizer.endOfText,
        batch: decodeBatch,
        longest,
        temperature: 1,
        purpose,
        seed,
        engine,
      })
    decoders.set(purpose, decoder)
    return decoder.decode(
      policy,
      prompts.map(({ tokens }, stream) => ({ prompt: tokens, stream })),
    )
  }
  const decoders = new Map<string, Decoder>()
  const against = (await draw(opponent.configuration, opponent.parameters, "opponent")).map(({ tokens }) => ({
    tokens,
    text: responseText(opponent.tokenizer, tokens),
  }))
  const divergences = new Divergences(configuration, reference.parameters, engine)
  const sequencesOf = (responses: ReadonlyArray<{ readonly tokens: Int32Array }>): ReadonlyArray<Sequence> =>
    responses.map(({ tokens }, index) => ({ prompt: (prompts[index] as (typeof prompts)[number]).tokens, response: tokens }))

  for (const [done, step] of steps.entries()) {
    const policy = await readCheckpoint(inputs.run, configuration, step)
    const own = (await draw(configuration, policy, "policy")).map(({ tokens }) => ({ tokens, text: responseText(tokenizer, tokens) }))
    const verdicts = await gold.compare(
      prompts.map(({ prompt }, index) => ({ prompt, first: own[index]?.text ?? "", second: against[index]?.text ?? "" })),
    )
    const mine = await divergences.of(policy, sequencesOf(own))
    const theirs = await divergences.of(policy, sequencesOf(against))
    const better = await divergences.of(policy, chosen)
    const worse = await divergences.of(policy, rejected)
    await outputs.evaluation.append(
      prompts.map(({ prompt_id }, index) => ({
        step,
        prompt_id,
        response: own[index]?.text ?? "",
        opponent: against[index]?.text ?? "",
        outcome: verdicts[index]?.outcome as number,
        score: verdicts[index]?.scores?.[0] ?? null,
        kl: mine[index]?.kl as number,
        tokens: own[index]?.tokens.length as number,
      })),
    )
    const decided = prompts.flatMap(({ prompt_id }, index) => {
      const { outcome } = verdicts[index] as Verdict
      const margin = ratioDifference(mine, theirs, index)
      return outcome === 0.5 ? [] : [{ pair_id: prompt_id, margin: outcome === 1 ? margin : -margin, pair_source: "samples" }]
    })
    const labelled = given.map(({ pair_id }, index) => ({
      pair_id,
      margin: ratioDifference(better, worse, index),
      pair_source: "preferences",
    }))
    await outputs.classification.append(
      [...decided, ...labelled].map((pair) => ({ step, ...pair, correct: pair.margin === 0 ? null : pair.margin > 0 })),
    )
    progress(done + 1, steps.length)
  }
}

/** Δ of the pair of responses at an index, in nats. */
const ratioDifference = (first: ReadonlyArray<Divergence>, second: ReadonlyArray<Divergence>, index: number): number =>
  (first[index]?.ratio as number) - (second[index]?.ratio as number)
