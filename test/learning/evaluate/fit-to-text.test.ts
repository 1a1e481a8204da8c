import { describe, expect, test } from "vitest"
import { text as columns } from "../../../data/schema/index.ts"
import { fitToText } from "../../../learning/evaluate/fit-to-text.stage.ts"
import { readPolicy } from "../../../learning/policy/files.ts"
import { sft } from "../../../learning/train/sft.stage.ts"
import { MemoryFiles, MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { sentences, textRows } from "../support/toy.ts"

const texts = sentences(240)
const foreign = textRows(["zzz zzz zzz"], "test").map((row) => ({ ...row, kind: "gloss" }))
const corpus = new MemoryTable(columns, [...textRows(texts.slice(0, 200)), ...textRows(texts.slice(200), "test"), ...foreign])
const { policy } = await runStage(
  sft,
  { corpus },
  { size: "small", steps: 60, seed: 1, batchSize: 16, vocabulary: 300, context: 24, kind: "sentence" },
)

const fitted = async (of: MemoryFiles) =>
  Object.fromEntries(
    (await (await runStage(fitToText, { policy: of, corpus }, { kind: "sentence" })).metrics.read()).map(({ name, value }) => [
      name,
      value,
    ]),
  )

describe("the fit of a policy to its text", () => {
  test("is the held-out loss of sft beside what the frequencies of tokens alone would have", async () => {
    const { loss, unigram } = await fitted(policy)
    const { log_history } = (await policy.json("trainer_state.json")) as { readonly log_history: ReadonlyArray<{ eval_loss?: number }> }
    expect(loss).toBe(log_history.find(({ eval_loss }) => eval_loss !== undefined)?.eval_loss)

    const { tokenizer } = await readPolicy(policy)
    // Behind an end-of-text, a context of 24 has room for 23 more: what sft has not read counts for
    // neither.
    const tokens = (some: ReadonlyArray<string>) => some.flatMap((text) => [...tokenizer.encode(text), tokenizer.endOfText].slice(0, 23))
    const known = tokens(texts.slice(0, 200))
    const likelihood = (token: number) => (known.filter((each) => each === token).length + 1) / (known.length + tokenizer.vocabularySize)
    const heldOut = tokens(texts.slice(200))
    expect(unigram).toBeCloseTo(-heldOut.reduce((sum, token) => sum + Math.log(likelihood(token)), 0) / heldOut.length, 9)
    expect(loss).toBeLessThan(unigram as number)
  })

  test("is refused of a policy that sft did not measure", async () => {
    const files = Object.fromEntries(await Promise.all(policy.names.map(async (name) => [name, await policy.read(name)] as const)))
    delete files["trainer_state.json"]
    await expect(fitted(new MemoryFiles(files))).rejects.toMatchObject({ tag: "NoHeldOutLoss" })
  })
})
