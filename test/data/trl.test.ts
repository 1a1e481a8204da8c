import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { exportTrl, toTrlPreferences } from "../../data/interchange/index.ts"
import { openTableWriter } from "../../data/parquet/index.ts"
import { type PreferenceRow, preferences } from "../../data/schema/index.ts"
import { preferenceRow, tokenizer, tokenizerFiles } from "../learning/support/toy.ts"
import { readTrl } from "./read-trl.ts"

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-trl-"))
  file = join(folder, "pairs.jsonl")
})
afterAll(() => rm(folder, { recursive: true }))

describe("the explicit form", () => {
  test("gives back what was written, in order, whatever the text", async () => {
    const pair = fc.record({ prompt: fc.string({ unit: "binary" }), chosen: fc.string({ unit: "binary" }), rejected: fc.string() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(pair), { minLength: 1 }).filter((batches) => batches.flat().length > 0),
        async (batches) => {
          expect(await toTrlPreferences(batches, file)).toEqual({ pairs: batches.flat().length, ties: 0 })
          expect(await readTrl(file)).toEqual(batches.flat())
        },
      ),
      { numRuns: 50 },
    )
  })

  test("of a table has its pairs without the ties, a JSON object a line", async () => {
    const row = (pair_id: number, tie: boolean): PreferenceRow => ({
      pair_id,
      prompt: "it was",
      chosen: ` good ${pair_id}`,
      rejected: " bad",
      chosen_token_ids: Int32Array.of(1),
      rejected_token_ids: Int32Array.of(2),
      score_chosen: 1,
      score_rejected: 0,
      p_chosen: null,
      tie,
      source: "gold",
      judge_key: null,
      judge_labels: null,
      annotators: null,
      logp_chosen: null,
      logp_rejected: null,
      policy_key: null,
      step: 0,
      position: pair_id,
    })
    const table = join(folder, "preferences.parquet")
    const writer = await openTableWriter(table, preferences)
    await writer.append([row(0, false), row(1, true), row(2, false)])
    await writer.close()
    expect(await exportTrl(table, file)).toEqual({ pairs: 2, ties: 1, responses: null })
    expect(await readFile(file, "utf8")).toBe(
      '{"prompt":"it was","chosen":" good 0","rejected":" bad"}\n{"prompt":"it was","chosen":" good 2","rejected":" bad"}\n',
    )
  })

  test("of a table counts the responses that read back as other tokens, and those without an end", async () => {
    const { encode, endOfText } = tokenizer
    const spelled = (text: string) => Int32Array.from([...text].flatMap((character) => [...encode(character)]))
    const ended = (tokens: Int32Array) => Int32Array.from([...tokens, endOfText])
    const pair = (chosen_token_ids: Int32Array, rejected_token_ids: Int32Array, rest: Partial<PreferenceRow> = {}) =>
      preferenceRow(0, "the old man", " walked home", " walked home", { chosen_token_ids, rejected_token_ids, ...rest })
    const text = encode(" walked home")
    const letters = spelled(" walked home")
    expect(letters.length).toBeGreaterThan(text.length)
    const table = join(folder, "drawn.parquet")
    const writer = await openTableWriter(table, preferences)
    await writer.append([
      pair(ended(text), ended(letters)),
      pair(text, letters),
      pair(ended(letters), letters, { tie: true }),
      pair(new Int32Array(), new Int32Array()),
      // Letters that run on from the prompt become one word with it.
      pair(ended(encode("s")), ended(encode("s")), { prompt: "the garden", chosen: "s", rejected: "s" }),
    ])
    await writer.close()
    const { responses } = await exportTrl(table, file, tokenizerFiles)
    const joined = encode("the gardens").length !== encode("the garden").length + encode("s").length ? 2 : 0
    expect(responses).toEqual({ compared: 6, differing: 2 + joined, cut: 2 })
  })

  test("is read with other fields, blank lines, Windows line ends, a byte order mark, and no line end at the end", async () => {
    await writeFile(file, '\ufeff{"prompt":"a","chosen":"b","rejected":"c","score":1}\r\n\r\n{"prompt":"","chosen":"","rejected":""}')
    expect(await readTrl(file)).toEqual([
      { prompt: "a", chosen: "b", rejected: "c" },
      { prompt: "", chosen: "", rejected: "" },
    ])
  })

  test("is read across the pieces in which a large file comes", async () => {
    const pairs = Array.from({ length: 5000 }, (_, index) => ({ prompt: `é${index}`, chosen: "x".repeat(index % 200), rejected: "漢" }))
    await toTrlPreferences([pairs], file)
    expect(await readTrl(file)).toEqual(pairs)
  })
})

describe("a file that is not what it should be", () => {
  const good = '{"prompt":"a","chosen":"b","rejected":"c"}\n'
  test.each([
    ["{nope", undefined, /is not JSON: /],
    ["[1]", undefined, /is not a JSON object/],
    ['{"chosen":"b","rejected":"c"}', "prompt", /field "prompt": is missing, and records before have one/],
    ['{"prompt":"a","rejected":"c"}', "chosen", /field "chosen": is missing; the record has prompt, rejected/],
    ['{"prompt":"a","chosen":3,"rejected":"c"}', "chosen", /field "chosen": is 3; expected text/],
    ['{"prompt":"a","chosen":"b","rejected":null}', "rejected", /field "rejected": is missing/],
    ['{"prompt":"a","chosen":"b","rejected":["c"]}', "rejected", /field "rejected": is a list; expected text/],
    [
      '{"prompt":"a","chosen":[{"role":"user"}],"rejected":"c"}',
      "chosen",
      /is a conversation, and in records before it was no conversation/,
    ],
    ['{"prompt":"a","chosen":"\\ud83d","rejected":"c"}', "chosen", /holds half of a surrogate pair/],
    ['{"prompt":"a","chosen":"b","rejected":"c","score_chosen":"good"}', "score_chosen", /is "good"; expected a number/],
    ['{"prompt":"a","chosen":"b","rej', undefined, /is not JSON: /],
  ])("%s is refused, with its line and field", async (bad, field, message) => {
    await writeFile(file, `${good}\n${bad}\n`)
    await expect(readTrl(file)).rejects.toMatchObject({ _tag: "LineError", file, line: 3, field, message: expect.stringMatching(message) })
    await expect(readTrl(file)).rejects.toThrow(`${file}:3: `)
  })

  test("is refused where its UTF-8 is broken", async () => {
    await writeFile(file, Buffer.concat([Buffer.from(good), Buffer.from([0x7b, 0xff, 0x7d])]))
    await expect(readTrl(file)).rejects.toMatchObject({ _tag: "LineError", line: 2, message: `${file}:2: is not UTF-8` })
  })

  test("is refused if it has no line ends, before it fills the memory", async () => {
    await writeFile(file, Buffer.alloc(20 * 2 ** 20, 0x61))
    await expect(readTrl(file)).rejects.toMatchObject({
      _tag: "LineError",
      line: 1,
      message: expect.stringMatching(/is longer than 16777216 bytes/),
    })
  })

  test("is named if it is not there, or cannot be written", async () => {
    const absent = join(folder, "absent", "pairs.jsonl")
    await expect(readTrl(absent)).rejects.toMatchObject({ _tag: "DataFileError", message: `${absent}: does not exist` })
    await expect(toTrlPreferences([[]], absent)).rejects.toMatchObject({ _tag: "DataFileError", file: absent })
  })
})
