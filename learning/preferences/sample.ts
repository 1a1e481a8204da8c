import type { Run } from "assay"
import { CutPrompts } from "../decode/cut-prompts.ts"
import { Decoder } from "../decode/decoder.ts"
import { readPolicy } from "../policy/files.ts"
import { promptsOf, promptTokens, responseText } from "../policy/text.ts"
import type { sample } from "./sample.stage.ts"

/** Batches decoded together: where a row ends, another takes its place. */
const together = 16

export const run: Run<typeof sample> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { perPrompt, seed, split, limit, temperature, maxNewTokens, batchSize } = parameters
  const policy = await readPolicy(inputs.policy)
  const { configuration, tokenizer } = policy
  const prompts = (await promptsOf(inputs.prompts, split)).slice(0, limit)
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
  const requests = prompts.flatMap(({ prompt_id, prompt }, index) => {
    const tokens = promptTokens(tokenizer, prompt)
    return Array.from({ length: perPrompt }, (_, sample_index) => ({
      prompt: tokens,
      stream: index * perPrompt + sample_index,
      prompt_id,
      sample_index,
      text: prompt,
    }))
  })
  const cut = new CutPrompts({ context: configuration.context, maxNewTokens })
  const portion = batchSize * together
  for (let start = 0; start < requests.length; start += portion) {
    const asked = requests.slice(start, start + portion)
    const drawn = await decoder.decode(policy.parameters, asked)
    const rows = asked.map(({ prompt_id, sample_index, text, stream }, index) => {
      const answer = drawn[index] as (typeof drawn)[number]
      const { tokens, logp, finish, promptCut } = answer
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
        position: stream,
        seed,
      }
    })
    await outputs.responses.append(rows)
    progress(Math.min(start + portion, requests.length), requests.length)
  }
  cut.say("the policy")
}
