import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { importRewardModelFiles } from "../../../learning/interchange/import-reward-model-files.stage.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { readResponse, readRewardModel } from "../../../learning/judge/reward-model.ts"
import { MemoryFiles } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"

/**
 * Reward models that `transformers` has saved, and what it computes from them; see golden/make.py.
 */
const golden = join(import.meta.dirname, "golden")

interface Expected {
  readonly options: { readonly prompts?: "chat"; readonly appendEndOfText?: boolean }
  readonly texts: ReadonlyArray<{
    readonly prompt: string
    readonly response: string
    readonly tokens: ReadonlyArray<number>
    readonly score: number
  }>
}

const folders = (await readdir(golden, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)

const filesOf = async (folder: string, pattern: RegExp): Promise<MemoryFiles> => {
  const names = (await readdir(join(golden, folder))).filter((name) => pattern.test(name))
  return new MemoryFiles(
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(golden, folder, name))]))),
  )
}

const open = async (folder: string) => {
  const expected = JSON.parse(await readFile(join(golden, folder, "expected.json"), "utf8")) as Expected
  const inputs = {
    config: await filesOf(folder, /^config\.json$/),
    weights: await filesOf(folder, /^model.*\.safetensors$/),
    tokenizer: await filesOf(folder, /^tokenizer\.json$/),
    tokenizerConfig: await filesOf(folder, /^(tokenizer_config\.json|chat_template\.jinja)$/),
  }
  const { judge } = await runStage(importRewardModelFiles, inputs, expected.options)
  return { expected, judge }
}

test("every family, type of numbers and sort of padding has a checkpoint here", () => {
  expect(folders).toEqual(["gpt-neox", "gpt2", "llama-chat", "llama-tied-bf16", "mistral", "qwen2-shards", "qwen3"])
})

describe.each(folders)("of %s, as transformers computes them, are", (folder) => {
  test("the tokens of a prompt and its response, up to the one that is scored", async () => {
    const { expected, judge } = await open(folder)
    const model = await readRewardModel(judge, expected.options.appendEndOfText ?? false)
    for (const { tokens, ...text } of expected.texts) {
      const { prompt, response } = readResponse(model, text).sequence
      const last = tokens.findLastIndex((token) => token !== model.padding)
      expect([...prompt, ...response]).toEqual(tokens.slice(0, last + 1))
    }
  })

  test("rewards, of texts of unequal length together", async () => {
    const { expected, judge } = await open(folder)
    const { score } = await readJudge(judge, oneThread)
    const scores = (await score?.(expected.texts)) ?? []
    for (const [index, { score: wanted }] of expected.texts.entries()) expect(scores[index]).toBeCloseTo(wanted, 4)
  })
})
