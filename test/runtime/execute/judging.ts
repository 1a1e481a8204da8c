/** A user's project whose judges are slow, or ask a server that counts. */

import * as http from "node:http"
import type { AddressInfo } from "node:net"

/** Scores responses by their length, and counts what it is asked; each answer takes `delayMs`. */
export const judgeServer = async ({ delayMs = 0 } = {}) => {
  const asked: Array<string> = []
  const server = http.createServer((request, response) => {
    let body = ""
    request.on("data", (chunk) => {
      body += chunk
    })
    request.on("end", () => {
      const { text } = JSON.parse(body)
      asked.push(text)
      response.setHeader("content-type", "application/json")
      const answer = JSON.stringify({ score: text.length + asked.length / 1e6, token: request.headers.authorization })
      setTimeout(() => response.end(answer), delayMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

export const judgingFiles = {
  "stages.ts": `
import { Schema, server, stage } from "assay"
import { GoldJudge, Responses, scorer } from "assay/stages"
export const make = stage({
  name: "make", inputs: {}, parameters: { prompts: Schema.Int, perPrompt: Schema.Int }, outputs: { responses: Responses },
  run: () => import("./make.ts"),
})
export const slow = scorer({ name: "slow", judge: GoldJudge, parameters: { msPerRow: Schema.Int }, run: () => import("./slow.ts") })
export const hasty = scorer({ name: "hasty", judge: GoldJudge, run: () => import("./hasty.ts") })
export const comparing = scorer({ name: "comparing", judge: GoldJudge, run: () => import("./comparing.ts") })
export const remote = scorer({
  name: "remote", judge: GoldJudge, parameters: { revision: Schema.String },
  connect: server({ url: "env:JUDGE_URL", token: "env:JUDGE_TOKEN" }), run: () => import("./remote.ts"),
})
`,
  "make.ts": `
export const run = async ({ parameters: { prompts, perPrompt }, outputs }) => {
  for (let start = 0; start < prompts; start += 100)
    await outputs.responses.append(Array.from({ length: Math.min(100, prompts - start) * perPrompt }, (_, index) => {
      const prompt_id = start + Math.floor(index / perPrompt)
      const sample_index = index % perPrompt
      return {
        prompt_id, sample_index, prompt: "question " + prompt_id, response: " " + "ab".repeat(1 + (prompt_id * 7 + sample_index * 3) % 11),
        token_ids: Int32Array.of(1), logp_policy: -1, logp_behaviour: -1, tokens: 1, truncated_prompt_tokens: 0, finish_reason: "stop", policy_key: "p",
        position: prompt_id * perPrompt + sample_index, seed: 0,
      }
    }))
}
`,
  "slow.ts": `
export const run = ({ parameters }) => ({
  score: async (all) => {
    await new Promise((resolve) => setTimeout(resolve, parameters.msPerRow * all.length))
    return all.map(({ response }) => response.length / 3)
  },
})
`,
  "hasty.ts": "export const run = () => ({ score: (all) => all.map(({ response }) => response.length / 3) })\n",
  "comparing.ts": `
export const run = () => ({
  batchSize: 8,
  compare: async (all) => {
    await new Promise((resolve) => setTimeout(resolve, 3 * all.length))
    return all.map(({ first, second }) => first.length / (first.length + second.length + 1))
  },
})
`,
  "remote.ts": `
export const run = ({ connection }) => ({
  keeps: "nothing",
  score: async (all) => {
    const answers = await connection.ask(all.map(({ prompt, response }) => ({ path: "/score", body: { text: prompt + response } })))
    return answers.map(({ score }) => score)
  },
})
`,
}
