/** Judges and samplers that ask a server or a program, in a project of a user's. */

import { Effect } from "effect"
import { afterEach, expect, test, vi } from "vitest"
import { Pacing } from "../../../runtime/connect/pacing.ts"
import { loadPipeline, run } from "../../../runtime/index.ts"
import { quick } from "../connect/ask.ts"
import { answer, type LocalServer, localServer, type Received } from "../connect/local-server.ts"
import { randomFailures } from "../connect/random-failures.ts"
import { digestsOf, type Project, project } from "../project.ts"

const files = {
  "judges.ts": `
import { program, Schema, server } from "assay"
import { chatJudge, programJudge, ratingJudge, rewardServer, serverSampler } from "assay/stages"
const vllm = server({ url: "env:TEST_VLLM", token: "env:TEST_TOKEN", concurrency: 8, timeoutSeconds: 2, retries: 12 })
export const draw = serverSampler({ name: "draw", connect: vllm })
export const critic = chatJudge({ name: "critic", connect: vllm })
export const rater = ratingJudge({ name: "rater", connect: vllm })
export const reward = rewardServer({ name: "reward", connect: vllm })
export const longest = programJudge({
  name: "longest",
  connect: program({ run: ["node", "longest.mjs"], files: ["longest.mjs"], batchSize: 8 }),
  parameters: { sign: Schema.Int },
})
`,
  "longest.mjs": `
import { createInterface } from "node:readline"
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(JSON.parse(line).map(({ response, parameters }) => parameters.sign * response.length)))
`,
  "pipeline.ts": `
import { file, pipeline } from "assay"
import { importPrompts, label } from "assay/stages"
import { critic, draw, longest, rater, reward } from "./judges.ts"
export default pipeline("asking", () => {
  const prompts = importPrompts({ file: file("prompts.txt"), testFraction: 0 })
  const responses = draw({ prompts, model: "m", perPrompt: 3, seed: 1 })
  const labelled = (judge) => label({ responses, judge, pairing: "all" })
  return {
    responses,
    byCritic: labelled(critic({ model: "m" })),
    byRater: labelled(rater({ model: "m" })),
    byReward: labelled(reward({ protocol: "openrlhf", model: "m" })),
    byLength: labelled(longest({ sign: 1 })),
  }
})
`,
}
const promptsOf = (count: number): string => Array.from({ length: count }, (_, index) => `question ${index} is\n`).join("")

/** How good a text is, of which all judges of these tests agree. */
const worth = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 97, 7) % 10

/** What a server answers that draws, compares, rates and scores. */
const answerTo = ({ path, body }: Pick<Received, "path" | "body">): unknown => {
  if (path === "/get_reward") return { rewards: (body.query as ReadonlyArray<string>).map((text) => worth(text.split(" is ")[1] ?? "")) }
  const text = (body.messages as ReadonlyArray<{ readonly content: string }>)[0]?.content ?? ""
  const chat = (content: string) => ({ choices: [{ message: { content }, finish_reason: "stop" }], usage: { completion_tokens: 2 } })
  const [, first, second] = /Response A:\n ([^\n]*)\n\nResponse B:\n ([^\n]*)\n/.exec(text) ?? []
  if (first !== undefined && second !== undefined) {
    const difference = worth(first) - worth(second)
    return chat(difference > 0 ? "A" : difference < 0 ? "B" : "C")
  }
  const [, rated] = /Response:\n ([^\n]*)\n/.exec(text) ?? []
  if (rated !== undefined) return chat(`I say ${worth(rated) + 1}/10.`)
  return chat(`answer ${Number(body.seed) % 1000}`)
}

const nameOf = ({ path, body }: Pick<Received, "path" | "body">): string => JSON.stringify([path, body])

/** A run with short pauses; the digests of what it made. */
const runQuickly = async (user: Project): Promise<Readonly<Record<string, string>>> => {
  const loaded = loadPipeline(`${user.root}/pipeline.ts`)
  const summary = await user.provided(Effect.provideService(Effect.flatMap(loaded, run), Pacing, quick))
  expect(summary.failures).toEqual([])
  return digestsOf(user, summary)
}

afterEach(() => vi.unstubAllEnvs())

test("draws, and labels by four judges, and is asked for nothing twice, nor for what is known when prompts are added", async () => {
  await using local = await localServer((request, response) => answer(response, answerTo(request)))
  vi.stubEnv("TEST_VLLM", local.url)
  vi.stubEnv("TEST_TOKEN", "secret")
  const user = project({ ...files, "prompts.txt": promptsOf(10) }, { pool: true })
  const digests = await runQuickly(user)
  const draws = local.received.filter(({ body }) => "seed" in body)
  expect(draws).toHaveLength(30)
  expect(new Set(local.received.map(nameOf)).size).toBe(local.received.length)
  expect(local.received.every(({ headers }) => headers.authorization === "Bearer secret")).toBe(true)
  expect(local.mostAtOnce()).toBeLessThanOrEqual(8)
  const before = local.received.length
  expect(await runQuickly(user)).toEqual(digests)
  expect(local.received).toHaveLength(before)

  user.write("prompts.txt", promptsOf(12))
  await runQuickly(user)
  const added = local.received.slice(before)
  expect(added.filter(({ body }) => "seed" in body)).toHaveLength(6)
  expect(new Set(local.received.map(nameOf)).size).toBe(local.received.length)
  expect(added.length).toBeLessThan(0.35 * before)
})

test("100 failures of the server change no table, and nothing is paid for twice that was not on its way", async () => {
  const undisturbed = async (): Promise<Readonly<Record<string, string>>> => {
    await using local = await localServer((request, response) => answer(response, answerTo(request)))
    vi.stubEnv("TEST_VLLM", local.url)
    return await runQuickly(project({ ...files, "prompts.txt": promptsOf(40) }, { pool: true }))
  }
  vi.stubEnv("TEST_TOKEN", "secret")
  const expected = await undisturbed()
  const failures = randomFailures(5)
  await using local: LocalServer & AsyncDisposable = await localServer((request, response, socket) =>
    failures.handle(() => local, nameOf(request), answerTo(request), response, socket),
  )
  vi.stubEnv("TEST_VLLM", local.url)
  expect(await runQuickly(project({ ...files, "prompts.txt": promptsOf(40) }, { pool: true }))).toEqual(expected)
  expect(failures.count).toBe(100)
  const repaid = [...failures.paid.values()].reduce((sum, times) => sum + times - 1, 0)
  console.log(`${failures.paid.size} requests, ${failures.restarts} restarts, ${repaid} paid for twice`)
  expect(repaid).toBe(failures.cutOff)
  expect(repaid).toBeLessThanOrEqual(failures.restarts * 8)
})
