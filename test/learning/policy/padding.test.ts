import { expect, test } from "vitest"
import { prompts as columns } from "../../../data/schema/index.ts"
import { gpt2 } from "../../../learning/policy/architecture/gpt2.ts"
import { readPolicy, writePolicy } from "../../../learning/policy/files.ts"
import { LogProbabilities } from "../../../learning/policy/log-probabilities.ts"
import { promptTokens } from "../../../learning/policy/text.ts"
import { sample } from "../../../learning/preferences/sample.stage.ts"
import { MemoryFiles, MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { promptRows, tinyPolicy, tinySizes, tokenizer } from "../support/toy.ts"

const known = tinySizes.vocabulary
const configuration = gpt2({ ...tinySizes, vocabulary: 320 })

/** A policy of 320 logits and 300 tokens. Its padding is wide, so that it would often be drawn. */
const padded = async () => {
  const { parameters, ...rest } = tinyPolicy(5, configuration)
  const embedding = parameters["transformer.wte.weight"] as Float32Array
  const wide = embedding.map((value, index) => (index < known * configuration.width ? value : 4 * value))
  const files = new MemoryFiles()
  await writePolicy(files, { ...rest, parameters: { ...parameters, "transformer.wte.weight": wide } })
  return files
}

test("a padded logit is never drawn, and is part of every log-probability, as in transformers", async () => {
  const policy = await padded()
  const prompts = new MemoryTable(columns, promptRows(["the old man"]))
  const { responses } = await runStage(sample, { policy, prompts }, { perPrompt: 64, seed: 1, split: "train" })
  const rows = await responses.read()
  for (const { token_ids } of rows) for (const id of token_ids) expect(id).toBeLessThan(known)
  const { configuration: read, parameters } = await readPolicy(policy)
  expect([read.config, read.tokens]).toEqual([configuration.config, known])
  const prompt = promptTokens(tokenizer, "the old man")
  const logp = async (tokens: number, of: typeof parameters) =>
    new LogProbabilities(gpt2({ ...tinySizes, vocabulary: tokens }), oneThread).of(
      of,
      rows.map(({ token_ids }) => ({ prompt, response: token_ids })),
    )
  const whole = await logp(configuration.vocabulary, parameters)
  for (const [index, row] of rows.entries()) expect(row.logp_policy).toBeCloseTo(whole[index] as number, 3)
  const cut = { ...parameters, "transformer.wte.weight": parameters["transformer.wte.weight"]!.subarray(0, known * configuration.width) }
  const without = await logp(known, cut)
  // The padding takes a good part of the probability here: that it counts can be seen.
  for (const [index, row] of rows.entries()) expect(row.logp_policy).toBeLessThan((without[index] as number) - 0.1)
})
