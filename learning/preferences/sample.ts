import type { Run } from "assay"
import { DrawTruncationCount } from "../decode/draw-truncation-count.ts"
import { KeptDraws } from "../decode/kept-draws.ts"
import { streamOf } from "../decode/stream-of.ts"
import { readPolicy } from "../policy/files.ts"
import { promptTokens, readPrompts, responseText } from "../policy/text.ts"
import type { sample } from "./sample.stage.ts"

/** At the end of a chunk, rows wait for its longest: with so many batches that costs little. */
const batchesPerChunk = 16

export const run: Run<typeof sample> = async ({ inputs, parameters, outputs, engine, answers, progress }) => {
  const { perPrompt, seed, split, limit, temperature, topK, topP, stop, maxNewTokens, batchSize } = parameters
  const policy = await readPolicy(inputs.policy)
  const { configuration, tokenizer } = policy
  const prompts = (await readPrompts(inputs.prompts, split)).slice(0, limit)
  const draws = new KeptDraws({
    configuration,
    endOfText: tokenizer.endOfText,
    batchSize,
    maxNewTokens,
    temperature,
    topK: topK ?? undefined,
    topP: topP ?? undefined,
    stop,
    isEnd: stop.length === 0 ? undefined : (response) => firstStop(tokenizer.decode(response), stop) !== undefined,
    purpose: "sample",
    seed,
    engine,
    answers,
    batchesPerChunk,
  })
  const requests = prompts.flatMap(({ prompt_id, prompt }) => {
    const tokens = promptTokens(tokenizer, prompt)
    return Array.from({ length: perPrompt }, (_, sample_index) => ({
      prompt: tokens,
      stream: streamOf(prompt_id),
      draw: sample_index,
      prompt_id,
      sample_index,
      text: prompt,
    }))
  })
  const cut = new DrawTruncationCount({ context: configuration.context, maxNewTokens })
  const policyKey = inputs.policy.digest
  let done = 0
  for await (const drawn of draws.draw({ key: policyKey, parameters: policy.parameters }, requests)) {
    const rows = drawn.map((response, index) => {
      const { tokens, logp, behaviourLogp, finish, promptCut } = response
      const { prompt_id, sample_index, text } = requests[done + index] as (typeof requests)[number]
      cut.add(response)
      return {
        prompt_id,
        sample_index,
        prompt: text,
        response: beforeStop(responseText(tokenizer, tokens), stop),
        token_ids: tokens,
        logp_policy: logp,
        logp_behaviour: behaviourLogp,
        tokens: tokens.length,
        truncated_prompt_tokens: promptCut,
        finish_reason: finish,
        policy_key: policyKey,
        position: done + index,
        seed,
      }
    })
    await outputs.responses.append(rows)
    done += rows.length
    progress(done, requests.length)
  }
  cut.print("the policy")
}

/** Where the first of the texts begins that end a response; undefined where there is none. */
const firstStop = (text: string, stop: ReadonlyArray<string>): number | undefined => {
  const places = stop.map((each) => text.indexOf(each)).filter((place) => place >= 0)
  return places.length === 0 ? undefined : Math.min(...places)
}

const beforeStop = (text: string, stop: ReadonlyArray<string>): string => text.slice(0, firstStop(text, stop))
