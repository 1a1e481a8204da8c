import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { exportTrl, type TrlForm, type TrlPreference, toTrlPreferences } from "../../data/interchange/index.ts"
import { openTableWriter } from "../../data/parquet/index.ts"
import { type PreferenceRow, preferences } from "../../data/schema/index.ts"
import { preferenceRow } from "../learning/support/toy.ts"
import { readTrl } from "./read-trl.ts"

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-trl-forms-"))
  file = join(folder, "pairs.jsonl")
})
afterAll(() => rm(folder, { recursive: true }))

/** What is written of some pairs, a record per line. */
const written = async (pairs: ReadonlyArray<TrlPreference>, form: TrlForm): Promise<ReadonlyArray<unknown>> => {
  await toTrlPreferences([pairs], file, form)
  return linesOf(file)
}

const linesOf = async (path: string): Promise<ReadonlyArray<unknown>> =>
  (await readFile(path, "utf8"))
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line))

const pair = { prompt: "The soup was", chosen: " warm.", rejected: " cold." }

test("the implicit form has the prompt in front of both responses", async () => {
  expect(await written([pair], "trl-implicit")).toEqual([{ chosen: "The soup was warm.", rejected: "The soup was cold." }])
})

test("the unpaired form has a record per response, the chosen one first", async () => {
  expect(await written([pair], "kto")).toEqual([
    { prompt: "The soup was", completion: " warm.", label: true },
    { prompt: "The soup was", completion: " cold.", label: false },
  ])
})

test("a plain prompt is one message of the user, whatever line ends and names it holds", async () => {
  const prompts = ["The soup was", "", "Human: hi\n\nAssistant:", "\n\nHuman: hi", "\n\nHuman: hi\n\nAssistant: no", "\n\nAssistant:"]
  expect(
    await written(
      prompts.map((prompt) => ({ ...pair, prompt })),
      "trl-conversational",
    ),
  ).toEqual(
    prompts.map((content) => ({
      prompt: [{ role: "user", content }],
      chosen: [{ role: "assistant", content: "warm." }],
      rejected: [{ role: "assistant", content: "cold." }],
    })),
  )
})

test("a prompt that is written as a dialogue becomes its turns, and a response that goes on with it too", async () => {
  const prompt = "\n\nSystem: Be brief.\n\nHuman: Hi\n\nthere: you\n\nAssistant: Hello.\n\nHuman:\n\nAssistant:"
  const chosen = " Yes?\n\nHuman: Bye.\n\nAssistant: Bye."
  expect(await written([{ prompt, chosen, rejected: "No" }], "trl-conversational")).toEqual([
    {
      prompt: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi\n\nthere: you" },
        { role: "assistant", content: "Hello." },
        { role: "user", content: "" },
      ],
      chosen: [
        { role: "assistant", content: "Yes?" },
        { role: "user", content: "Bye." },
        { role: "assistant", content: "Bye." },
      ],
      rejected: [{ role: "assistant", content: "No" }],
    },
  ])
})

const word = fc.string({ unit: "binary" })
const turn = fc.record({ role: fc.constantFrom("System", "Human", "Assistant"), content: word })
const dialogue = fc
  .record({ turns: fc.array(turn, { minLength: 1, maxLength: 4 }), chosen: word, rejected: word })
  .filter(({ turns, ...responses }) =>
    [...turns.map(({ content }) => content), ...Object.values(responses)].every((text) => !/\n\n(System|Human|Assistant):/.test(text)),
  )
  .map(({ turns, chosen, rejected }) => ({
    prompt: `${turns.map(({ role, content }) => `\n\n${role}: ${content}`).join("")}\n\nAssistant:`,
    chosen: ` ${chosen}`,
    rejected: ` ${rejected}`,
  }))

test("dialogues that are exported as conversations are imported as the same pairs", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(dialogue, { minLength: 1 }), async (pairs) => {
      await toTrlPreferences([pairs], file, "trl-conversational")
      expect(await readTrl(file)).toEqual(pairs)
    }),
    { numRuns: 50 },
  )
})

test("pairs in the implicit form are imported as the same pairs, except for those that it counts", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "😀"), maxLength: 4 })
  const pairOf = fc.record({ prompt: text.map((prompt) => `p${prompt}`), chosen: text, rejected: text })
  await fc.assert(
    fc.asyncProperty(fc.array(pairOf, { minLength: 1, maxLength: 5 }), async (pairs) => {
      const { movedPrompts = 0 } = await toTrlPreferences([pairs], file, "trl-implicit")
      const again = await readTrl(file)
      expect(again.map(({ prompt, chosen }) => prompt + chosen)).toEqual(pairs.map(({ prompt, chosen }) => prompt + chosen))
      const moved = pairs.filter((pair, index) => JSON.stringify(pair) !== JSON.stringify(again[index])).length
      const prefixes = pairs.filter(({ chosen, rejected }) => chosen.startsWith(rejected) || rejected.startsWith(chosen)).length
      expect(movedPrompts).toBeGreaterThanOrEqual(moved)
      expect(movedPrompts).toBeLessThanOrEqual(moved + prefixes)
    }),
    { numRuns: 30 },
  )
})

const tableOf = async (rows: ReadonlyArray<PreferenceRow>): Promise<string> => {
  const table = join(folder, "preferences.parquet")
  const writer = await openTableWriter(table, preferences)
  await writer.append(rows)
  await writer.close()
  return table
}

test("token ids are written as the table has them, in every form, and responses without any are counted", async () => {
  const chosen_token_ids = Int32Array.of(5, 6)
  const table = await tableOf([
    preferenceRow(0, "p", " a", " b", { chosen_token_ids, rejected_token_ids: new Int32Array() }),
    preferenceRow(1, "p", " a", " b", { chosen_token_ids, tie: true }),
  ])
  for (const form of ["trl", "trl-implicit", "trl-conversational"] as const) {
    expect(await exportTrl(table, file, null, { form, tokenIds: true })).toMatchObject({ pairs: 1, ties: 1, withoutTokens: 1 })
    expect(await linesOf(file)).toMatchObject([{ chosen_token_ids: [5, 6], rejected_token_ids: [] }])
  }
  await exportTrl(table, file, null, { form: "kto", tokenIds: true })
  expect(await linesOf(file)).toEqual([
    { prompt: "p", completion: " a", label: true, completion_token_ids: [5, 6] },
    { prompt: "p", completion: " b", label: false, completion_token_ids: [] },
  ])
  await exportTrl(table, file, null, { form: "kto" })
  expect(await linesOf(file)).not.toContainEqual(expect.objectContaining({ completion_token_ids: expect.anything() }))
})
