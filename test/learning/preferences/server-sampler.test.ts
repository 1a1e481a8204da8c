import { type Json, server } from "assay"
import { expect, test, vi } from "vitest"
import { prompts as promptColumns, responses as responseColumns } from "../../../data/schema/index.ts"
import { serverSampler } from "../../../learning/preferences/server-sampler.stage.ts"
import { run } from "../../../learning/preferences/server-sampler.ts"
import { fake, type ServerRequest } from "../judge/asking/judge.ts"
import { MemoryTable } from "../support/memory.ts"
import { nothingSaved } from "../support/stage.ts"

const draw = serverSampler({ name: "draw", connect: server({ url: "http://127.0.0.1:1/v1" }) })
const prompts = [
  { prompt_id: 7, prompt: "It is", split: "train" },
  { prompt_id: 2, prompt: "It was", split: "test" },
  { prompt_id: 5, prompt: "We are", split: "train" },
]

/** Draws with a fake connection, and returns the table and what was asked. */
const drawn = async (
  parameters: Partial<Parameters<typeof draw>[0]>,
  answer: (request: ServerRequest, index: number) => Json,
  table = prompts,
) => {
  const connection = fake(answer)
  const responses = new MemoryTable(responseColumns)
  const { values } = draw.declaration.readParameters({ model: "m", perPrompt: 2, seed: 3, ...parameters })
  const context = {
    name: "draw",
    inputs: { prompts: new MemoryTable(promptColumns, table) },
    parameters: values,
    outputs: { responses },
    connection,
    resume: nothingSaved({}),
    progress: () => {},
  }
  await run(context as unknown as Parameters<typeof run>[0])
  return {
    rows: await responses.read(),
    asked: connection.asked as ReadonlyArray<ServerRequest & { readonly repeat: number }>,
    scopes: connection.scopes,
  }
}
const chat = (content: string | null, rest: object = {}): Json => ({ choices: [{ message: { content }, finish_reason: "stop", ...rest }] })

test("every draw is a request of its own, and a row that has no tokens", async () => {
  const { rows, asked, scopes } = await drawn({ revision: "r", stop: ["\n"], maxTokens: 9 }, (_, index) => ({
    ...(chat(`text ${index}`, { finish_reason: index === 1 ? "length" : "stop" }) as object),
    usage: { completion_tokens: 10 + index },
  }))
  expect(rows).toHaveLength(4)
  expect(rows[1]).toEqual({
    prompt_id: 7,
    sample_index: 1,
    prompt: "It is",
    response: " text 1",
    token_ids: new Int32Array(),
    logp_policy: null,
    logp_behaviour: null,
    tokens: 11,
    truncated_prompt_tokens: 0,
    finish_reason: "length",
    policy_key: null,
    position: 1,
    seed: 3,
  })
  expect(rows.map(({ prompt_id, sample_index, position }) => [prompt_id, sample_index, position])).toEqual([
    [7, 0, 0],
    [7, 1, 1],
    [5, 0, 2],
    [5, 1, 3],
  ])
  expect(asked.map(({ repeat }) => repeat)).toEqual([0, 1, 0, 1])
  expect(asked[0]?.body).toMatchObject({
    model: "m",
    temperature: 1,
    max_tokens: 9,
    stop: ["\n"],
    messages: [{ role: "user", content: "It is" }],
  })
  expect(new Set(asked.map(({ body }) => body.seed)).size).toBe(4)
  expect(scopes).toEqual([{ revision: "r" }])
})

test("what is asked for a prompt does not depend on its place in the table, or on other prompts", async () => {
  const answer = () => chat("text")
  const { asked } = await drawn({}, answer)
  const moved = await drawn({}, answer, [{ prompt_id: 9, prompt: "New", split: "train" }, ...prompts.toReversed()])
  for (const request of asked) expect(moved.asked).toContainEqual(request)
  const other = await drawn({ seed: 4 }, answer)
  expect(other.asked[0]?.body.seed).not.toBe(asked[0]?.body.seed)
})

test("a completion goes on with the prompt, and keeps how it begins", async () => {
  const { rows, asked } = await drawn({ api: "completions", split: "test", template: "Q: {prompt}", perPrompt: 1 }, () => ({
    choices: [{ text: "n't" }],
  }))
  expect(asked[0]).toMatchObject({ path: "/completions", body: { prompt: "Q: It was" } })
  expect(rows[0]).toMatchObject({ response: "n't", finish_reason: "stop", tokens: 0 })
})

test("empty and cut responses are counted", async () => {
  const print = vi.spyOn(console, "log").mockImplementation(() => {})
  const { rows } = await drawn({}, (_, index) => chat(index === 0 ? null : "text", { finish_reason: index === 2 ? "length" : "stop" }))
  expect(rows.map(({ response }) => response)).toEqual(["", " text", " text", " text"])
  expect(print.mock.calls).toEqual([["1 of 4 responses are empty"], ["1 of 4 responses end where maxTokens did"]])
  print.mockRestore()
})

test("what is not of the protocol is refused, and so is a split without prompts", async () => {
  await expect(drawn({}, () => ({ detail: "Not Found" }))).rejects.toMatchObject({ tag: "UnexpectedAnswer" })
  await expect(drawn({}, () => chat(""), prompts.slice(1, 2))).rejects.toMatchObject({ tag: "NoPrompts" })
})

test("a template needs the prompt", () => {
  expect(() => draw.declaration.readParameters({ model: "m", perPrompt: 1, seed: 1, template: "{question}" })).toThrow("{question}")
})
