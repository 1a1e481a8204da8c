import type { Run } from "assay"
import { integers } from "../../engine/random/philox.ts"
import { askAndRead, expectConnection, requestsPerCall } from "../ask/connection.ts"
import { modelRequest, readModelAnswer } from "../ask/model.ts"
import { fillTemplate } from "../ask/template.ts"
import { streamOf } from "../decode/stream-of.ts"
import { readPrompts } from "../policy/text.ts"
import type { serverSampler } from "./server-sampler.stage.ts"

export const run: Run<ReturnType<typeof serverSampler>> = async ({ inputs, parameters, outputs, connection, progress }) => {
  const asking = expectConnection(connection)
  const { api, template, revision, perPrompt, seed, split, limit, stop } = parameters
  const prompts = (await readPrompts(inputs.prompts, split)).slice(0, limit)
  const draws = prompts.flatMap(({ prompt_id, prompt }) =>
    Array.from({ length: perPrompt }, (_, sample_index) => ({ prompt_id, prompt, sample_index })),
  )
  let [empty, cut] = [0, 0]
  for (let start = 0; start < draws.length; start += requestsPerCall) {
    const asked = draws.slice(start, start + requestsPerCall)
    const requests = asked.map((draw) =>
      modelRequest(parameters, fillTemplate(template, { prompt: draw.prompt }), {
        seed: seedOf(seed, draw),
        repeat: draw.sample_index,
        stop,
      }),
    )
    const answers = await askAndRead(asking, requests, { revision }, readModelAnswer)
    const rows = answers.map((answer, index) => {
      const { prompt_id, prompt, sample_index } = asked[index] as (typeof asked)[number]
      const { text, finishReason, tokens } = answer
      if (text.trim() === "") empty += 1
      if (finishReason === "length") cut += 1
      return {
        prompt_id,
        sample_index,
        prompt,
        response: api === "completions" || text === "" || /^\s/.test(text) ? text : ` ${text}`,
        token_ids: new Int32Array(),
        logp_policy: null,
        logp_behaviour: null,
        tokens: tokens ?? 0,
        truncated_prompt_tokens: 0,
        finish_reason: finishReason,
        policy_key: null,
        position: start + index,
        seed,
      }
    })
    await outputs.responses.append(rows)
    progress(start + rows.length, draws.length)
  }
  if (empty > 0) console.log(`${empty} of ${draws.length} responses are empty`)
  if (cut > 0) console.log(`${cut} of ${draws.length} responses end where maxTokens did`)
}

interface Draw {
  readonly prompt_id: number
  readonly sample_index: number
}

/** A seed for the server, which the place of a prompt in its table does not change. */
const seedOf = (seed: number, { prompt_id, sample_index }: Draw): number =>
  integers(seed, `server sample ${sample_index}`, streamOf(prompt_id), 2 ** 31, new Int32Array(1))[0] as number
