import { describe, expect, test, vi } from "vitest"
import { prompts as columns } from "../../../data/schema/index.ts"
import { readPolicy } from "../../../learning/policy/files.ts"
import { LogProbabilities } from "../../../learning/policy/log-probabilities.ts"
import { promptTokens } from "../../../learning/policy/text.ts"
import { sample } from "../../../learning/preferences/sample.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { promptRows, prompts36, tinyPolicyFiles, tokenizer } from "../support/toy.ts"

const policy = await tinyPolicyFiles(2)
const prompts = new MemoryTable(columns, [...promptRows(prompts36), ...promptRows(["only for the test"], "test")])

const sampled = async (changes: Partial<Parameters<typeof sample>[0]> = {}) => {
  const { responses } = await runStage(sample, { policy, prompts }, { perPrompt: 3, seed: 5, maxNewTokens: 6, batchSize: 16, ...changes })
  return responses.read()
}
const rows = await sampled()

describe("sampling", () => {
  test("draws so many responses to each prompt of the split, in the order of the prompts", async () => {
    expect(rows.map(({ prompt_id, sample_index }) => [prompt_id, sample_index])).toEqual(
      prompts36.flatMap((_, id) => [0, 1, 2].map((index) => [id, index])),
    )
    expect(new Set(rows.map(({ prompt }) => prompt))).toEqual(new Set(prompts36))
    expect((await sampled({ split: "test" })).map(({ prompt }) => prompt)).toEqual(Array(3).fill("only for the test"))
    expect((await sampled({ limit: 2 })).map(({ token_ids }) => [...token_ids])).toEqual(
      rows.slice(0, 6).map(({ token_ids }) => [...token_ids]),
    )
  })

  test("says of each response what it is", () => {
    for (const { token_ids, tokens, response, finish_reason, logp_policy, policy_key, seed } of rows) {
      expect(tokens).toBe(token_ids.length)
      const stopped = token_ids.at(-1) === tokenizer.endOfText
      expect(finish_reason).toBe(stopped ? "stop" : "length")
      expect(response).toBe(tokenizer.decode(stopped ? token_ids.subarray(0, -1) : token_ids))
      expect(logp_policy).toBeLessThan(0)
      expect({ policy_key, seed }).toEqual({ policy_key: policy.digest, seed: 5 })
    }
  })

  test("does not depend on the size of the batch; on the seed it does", async () => {
    const tokens = (all: typeof rows) => all.map(({ token_ids }) => token_ids.join())
    expect(tokens(await sampled({ batchSize: 50 }))).toEqual(tokens(rows))
    const other = tokens(await sampled({ seed: 6 }))
    expect(other.filter((each, index) => each === tokens(rows)[index]).length).toBeLessThan(20)
  })

  test("stores the log-probability of the distribution that it drew from beside the policy's", async () => {
    expect(rows.map(({ logp_behaviour }) => logp_behaviour)).toEqual(rows.map(({ logp_policy }) => logp_policy))
    for (const { logp_behaviour, logp_policy } of await sampled({ topK: 1 })) {
      expect(logp_behaviour).toBeCloseTo(0, 6)
      expect(logp_policy).toBeLessThan(-0.01)
    }
  })

  test("ends a response before a text that is to end it, and keeps the tokens that were drawn", async () => {
    const stop = ["e", "o"]
    let ended = 0
    for (const [index, { response, token_ids, finish_reason, logp_policy }] of (await sampled({ stop })).entries()) {
      const whole = rows[index] as (typeof rows)[number]
      const place = whole.response.search(/[eo]/)
      expect(response).toBe(place < 0 ? whole.response : whole.response.slice(0, place))
      expect([...token_ids]).toEqual([...whole.token_ids.subarray(0, token_ids.length)])
      if (place < 0) continue
      ended += 1
      expect(tokenizer.decode(token_ids).slice(place)).toMatch(/^[eo]/)
      expect(tokenizer.decode(token_ids.subarray(0, -1))).not.toMatch(/[eo]/)
      expect(finish_reason).toBe("stop")
      expect(logp_policy).toBeGreaterThanOrEqual(whole.logp_policy as number)
    }
    expect(ended).toBeGreaterThan(20)
  })

  test("takes the likeliest token alone where it is told to, whatever the seed", async () => {
    const greedy = async (changes: Parameters<typeof sampled>[0]) => (await sampled(changes)).map(({ token_ids }) => token_ids.join())
    const one = await greedy({ topK: 1 })
    expect(await greedy({ topP: 1e-6, seed: 9 })).toEqual(one)
    expect(new Set(one).size).toBeLessThanOrEqual(prompts36.length)
    expect(one).not.toEqual(rows.map(({ token_ids }) => token_ids.join()))
  })

  test("is refused where the split has no prompt", async () => {
    const none = new MemoryTable(columns, promptRows(prompts36))
    await expect(runStage(sample, { policy, prompts: none }, { perPrompt: 1, seed: 1, split: "test" })).rejects.toMatchObject({
      tag: "NoPrompts",
      message: expect.stringContaining('"test"'),
    })
  })

  test("of an empty prompt is a whole text", async () => {
    const { responses } = await runStage(
      sample,
      { policy, prompts: new MemoryTable(columns, promptRows([""])) },
      { perPrompt: 2, seed: 1, maxNewTokens: 4 },
    )
    expect(responses.rows).toBe(2)
  })

  test("answers a prompt of any length, says what it cut, and gives log-probabilities of what the policy has read", async () => {
    const long = prompts36.slice(0, 12).join(" and ")
    const prompts = new MemoryTable(columns, promptRows([long, prompts36[0] as string]))
    const said: Array<unknown> = []
    const print = vi.spyOn(console, "log").mockImplementation((line) => void said.push(line))
    const { responses } = await runStage(sample, { policy, prompts }, { perPrompt: 2, seed: 5, maxNewTokens: 6 })
    print.mockRestore()
    const { configuration, parameters } = await readPolicy(policy)
    const whole = promptTokens(tokenizer, long)
    expect(whole.length).toBeGreaterThan(configuration.context)
    const rows = await responses.read()
    expect(rows.map(({ truncated_prompt_tokens }) => truncated_prompt_tokens)).toEqual([whole.length - 26, whole.length - 26, 0, 0])
    for (const { tokens, token_ids, truncated_prompt_tokens, logp_policy } of rows.slice(0, 2)) {
      expect(tokens).toBeGreaterThan(0)
      const prompt = Int32Array.of(tokenizer.endOfText, ...whole.subarray(1 + truncated_prompt_tokens))
      const [logp] = await new LogProbabilities(configuration, oneThread).of(parameters, [{ prompt, response: token_ids }])
      expect(logp_policy).toBeCloseTo(logp as number, 3)
    }
    expect(said).toEqual([
      expect.stringMatching(/^of 4 responses, 2 answer a prompt whose beginning was cut: the policy has a context of 32 tokens/),
    ])
  })
})
