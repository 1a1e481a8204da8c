import type { JsonObject, Run } from "assay"
import { type Decoded, Decoder } from "../decode/decoder.ts"
import { DrawTruncationCount } from "../decode/draw-truncation-count.ts"
import { streamOf } from "../decode/stream-of.ts"
import { readPolicy } from "../policy/files.ts"
import { promptTokens, readPrompts, responseText } from "../policy/text.ts"
import type { sample } from "./sample.stage.ts"

/** Batches decoded together: where a row ends, another takes its place. */
const batchesPerChunk = 16

/** What was drawn of one request, as it is kept. */
interface KeptDraw extends JsonObject {
  readonly tokens: ReadonlyArray<number>
  readonly logp: number
  readonly finish: Decoded["finish"]
  readonly promptCut: number
}

export const run: Run<typeof sample> = async ({ inputs, parameters, outputs, engine, answers, progress }) => {
  const { perPrompt, seed, split, limit, temperature, maxNewTokens, batchSize } = parameters
  const policy = await readPolicy(inputs.policy)
  const { configuration, tokenizer } = policy
  const prompts = (await readPrompts(inputs.prompts, split)).slice(0, limit)
  const decoder = new Decoder({
    configuration,
    endOfText: tokenizer.endOfText,
    batchSize,
    maxNewTokens,
    temperature,
    purpose: "sample",
    seed,
    engine,
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
  const responsesPerChunk = batchSize * batchesPerChunk
  for (let start = 0; start < requests.length; start += responsesPerChunk) {
    const asked = requests.slice(start, start + responsesPerChunk)
    // What is drawn together is kept together: the last digits of a row depend on those beside it.
    const [drawn = []] = await answers.of(
      { policy: inputs.policy.digest, seed, temperature, maxNewTokens, batchSize },
      [asked.map(({ prompt, stream, draw }) => [stream, draw, ...prompt])],
      async () => [(await decoder.decode(policy.parameters, asked)).map(toKept)],
    )
    const rows = asked.map(({ prompt_id, sample_index, text }, index) => {
      const answer = drawn[index] as KeptDraw
      const { logp, finish, promptCut } = answer
      const tokens = Int32Array.from(answer.tokens)
      cut.add(answer)
      return {
        prompt_id,
        sample_index,
        prompt: text,
        response: responseText(tokenizer, tokens),
        token_ids: tokens,
        logp_policy: logp,
        tokens: tokens.length,
        truncated_prompt_tokens: promptCut,
        finish_reason: finish,
        policy_key: inputs.policy.digest,
        position: start + index,
        seed,
      }
    })
    await outputs.responses.append(rows)
    progress(Math.min(start + responsesPerChunk, requests.length), requests.length)
  }
  cut.print("the policy")
}

const toKept = ({ tokens, logp, finish, promptCut }: Decoded): KeptDraw => ({ tokens: [...tokens], logp, finish, promptCut })
