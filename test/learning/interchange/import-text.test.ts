import { gzipSync } from "node:zlib"
import { describe, expect, test, vi } from "vitest"
import { prompts as promptColumns } from "../../../data/schema/index.ts"
import { importDemonstrations } from "../../../learning/interchange/import-demonstrations.stage.ts"
import { importPrompts } from "../../../learning/interchange/import-prompts.stage.ts"
import { importText } from "../../../learning/interchange/import-text.stage.ts"
import { parquet } from "../../data/interchange/source.ts"
import { MemoryFiles, MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

type Files = Readonly<Record<string, string | Uint8Array>>
type TextParameters = Parameters<typeof runStage<typeof importText>>[2]
type PromptParameters = Parameters<typeof runStage<typeof importPrompts>>[2]
type DemonstrationParameters = Parameters<typeof runStage<typeof importDemonstrations>>[2]
type Prompt = { readonly prompt: string; readonly split: string }

const promptTable = (rows: ReadonlyArray<Prompt>) =>
  new MemoryTable(
    promptColumns,
    rows.map((row, prompt_id) => ({ prompt_id, ...row })),
  )

const textOf = async (files: Files, parameters: TextParameters = {}, prompts?: ReadonlyArray<Prompt>) => {
  const inputs = { file: new MemoryFiles(files), ...(prompts === undefined ? {} : { prompts: promptTable(prompts) }) }
  return (await runStage(importText, inputs, parameters)).text.read()
}

const promptsOf = async (files: Files, parameters: PromptParameters = {}) =>
  (await runStage(importPrompts, { file: new MemoryFiles(files) }, parameters)).prompts.read()

const demonstrationsOf = async (files: Files, parameters: DemonstrationParameters = {}, prompts: ReadonlyArray<Prompt> = []) => {
  const { demonstrations, text } = await runStage(
    importDemonstrations,
    { file: new MemoryFiles(files), prompts: promptTable(prompts) },
    parameters,
  )
  return { demonstrations: await demonstrations.read(), text: await text.read() }
}

/** What is printed while it runs. */
const printedBy = async (act: () => Promise<unknown>): Promise<ReadonlyArray<string>> => {
  const said: Array<string> = []
  const print = vi.spyOn(console, "log").mockImplementation((line) => void said.push(line))
  try {
    await act()
  } finally {
    print.mockRestore()
  }
  return said
}

const lines = (...records: ReadonlyArray<unknown>): string => records.map((record) => `${JSON.stringify(record)}\n`).join("")
const csv = 'body,category,subset\nGood soup.,food,train\n"Bad, cold.",food,validation\nNice room.,hotel,train\n'
const columns = { text: "body", kind: "category", split: "subset" }

describe("importText", () => {
  const expected = [
    { text_id: 0, text: "Good soup.", kind: "food", split: "train" },
    { text_id: 1, text: "Bad, cold.", kind: "food", split: "test" },
    { text_id: 2, text: "Nice room.", kind: "hotel", split: "train" },
  ]

  test("has the same rows from every container", async () => {
    const records = expected.map(({ text, kind, split }) => ({ body: text, category: kind, subset: split === "test" ? "dev" : split }))
    const values = records.map(({ body, category, subset }) => `('${body}', '${category}', '${subset}')`).join()
    const files: ReadonlyArray<Files> = [
      { "x.csv": csv },
      { "x.csv.gz": gzipSync(csv) },
      { "x.tsv": csv.replaceAll(/,(?! )/g, "\t") },
      { "x.jsonl": lines(...records) },
      { "x.json": JSON.stringify(records, null, 2) },
      { "x.parquet": await parquet(`SELECT * FROM (VALUES ${values}) AS t(body, category, subset)`) },
      { "1.jsonl": lines(...records.slice(0, 1)), "2.csv": `body,category,subset\n${csv.split("\n").slice(2).join("\n")}` },
    ]
    for (const each of files) expect(await textOf(each, { columns })).toEqual(expected)
  })

  test("takes the lines of plain text as passages, or what stands between blank lines, of no two files", async () => {
    const content = "One.\nTwo.\n\n\nThree.\n"
    const texts = async (files: Files, passages: "lines" | "paragraphs") => (await textOf(files, { passages })).map(({ text }) => text)
    expect(await texts({ "x.txt": content }, "lines")).toEqual(["One.", "Two.", "Three."])
    expect(await texts({ "x.txt": content }, "paragraphs")).toEqual(["One.\nTwo.", "Three."])
    expect(await texts({ "a.txt": "One.", "b.txt": "Two." }, "paragraphs")).toEqual(["One.", "Two."])
    await expect(texts({ "x.csv": csv.replace("body", "text") }, "paragraphs")).rejects.toThrow(
      /has columns .*"paragraphs" is for plain text/,
    )
  })

  test("draws the split of a passage by its text alone, in the fraction that is asked for", async () => {
    const passages = Array.from({ length: 5000 }, (_, index) => `Passage ${index}.`)
    const rows = await textOf({ "x.txt": passages.join("\n") }, { testFraction: 0.2 })
    const tests = new Set(rows.flatMap(({ text, split }) => (split === "test" ? text : [])))
    expect(rows.map(({ text }) => text)).toEqual(passages)
    expect(Math.abs(tests.size - 1000)).toBeLessThan(5 * Math.sqrt(5000 * 0.2 * 0.8))
    const reversed = await textOf({ "x.txt": passages.toReversed().join("\n") }, { testFraction: 0.2 })
    for (const { text, split } of reversed) expect(split).toBe(tests.has(text) ? "test" : "train")
    expect((await textOf({ "x.txt": "a\nb" }, { testFraction: 1 })).map(({ split }) => split)).toEqual(["test", "test"])
  })

  test("takes the split from the names of files where no column has it", async () => {
    const files = { "train-00000-of-00001.jsonl": lines({ text: "a" }), "validation-00000-of-00001.jsonl": lines({ text: "b" }) }
    expect((await textOf(files)).map(({ text, split }) => [text, split])).toEqual([
      ["a", "train"],
      ["b", "test"],
    ])
    await expect(textOf({ ...files, "x.jsonl": lines({ text: "c" }) })).rejects.toThrow(/x\.jsonl: has a name that tells no split/)
  })

  test("never has a passage for training that begins with a test prompt, whatever its file says", async () => {
    const prompts = [
      { prompt: "The", split: "train" },
      { prompt: "The cat", split: "test" },
      { prompt: "A dog", split: "train" },
    ]
    const files = { "x.csv": "text,split\nThe cat sat.,train\nThe catalogue,train\nThe end.,test\nA dog ran.,train\nElse.,test\n" }
    const split = { columns: { split: "split" } } as const
    const said = await printedBy(async () => {
      expect((await textOf(files, split, prompts)).map(({ split }) => split)).toEqual(["test", "test", "train", "train", "test"])
    })
    expect(said).toEqual(["3 of 5 rows were moved to the split of the prompt that they begin with"])
  })

  test("writes conversations out, and says what it left out", async () => {
    const records = [
      {
        text: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Yes?" },
        ],
        id: 1,
      },
      { text: "" },
      { text: null },
      { text: "Kept.", split: "extra" },
      { text: "Dropped.", split: "none" },
    ].map((record) => ({ split: "train", ...record }))
    const options = { columns: { split: "split" }, splits: { extra: "test", none: null } } as const
    const said = await printedBy(async () =>
      expect(await textOf({ "x.jsonl": lines(...records), "README.md": "" }, options)).toEqual([
        { text_id: 0, text: "\n\nHuman: Hi\n\nAssistant: Yes?", kind: "text", split: "train" },
        { text_id: 1, text: "Kept.", kind: "text", split: "test" },
      ]),
    )
    expect(said).toEqual([
      "1 files were not read: README.md",
      "1 columns were not imported: id",
      "1 of 5 rows are of a split that is left out",
      "2 of 5 rows have no text and were left out",
    ])
  })

  test.each<[string, Files, TextParameters, string, RegExp]>([
    [
      "a column that is not there",
      { "x.csv": csv },
      { columns: { text: "review" } },
      "MalformedFile",
      /x\.csv: has no column "review"; it has body, category, subset\. Say which is the text: columns: \{ text/,
    ],
    [
      "a column that no record has",
      { "x.jsonl": lines({ a: 1 }, { b: 2 }) },
      {},
      "MalformedFile",
      /x\.jsonl: has no column "text"; it has a, b/,
    ],
    [
      "a split of another name",
      { "x.csv": csv.replace("validation", "holdout").replace("hotel,train", "hotel,rest") },
      { columns },
      "MalformedFile",
      /column "subset" holds "holdout", "rest", which is neither.*splits: \{ "holdout": "train" \}/,
    ],
    [
      "text that is a number",
      { "x.jsonl": lines({ text: "a" }, { text: 4 }) },
      {},
      "MalformedFile",
      /x\.jsonl:2: field "text": is 4; expected text/,
    ],
    [
      "a row without a split",
      { "x.jsonl": lines({ text: "a", split: "train" }, { text: "b" }) },
      { columns: { split: "split" } },
      "MalformedFile",
      /x\.jsonl:2: field "split": is missing/,
    ],
    [
      "nothing that is left",
      { "x.jsonl": lines({ text: "" }, { text: null }) },
      {},
      "NoText",
      /x\.jsonl: no passage is left; 2 of 2 rows have no text/,
    ],
    ["no row at all", { "x.jsonl": "" }, {}, "NoText", /x\.jsonl: no passage is left/],
  ])("refuses %s", async (_, files, parameters, tag, message) => {
    await expect(textOf(files, parameters)).rejects.toMatchObject({ tag, message: expect.stringMatching(message) })
  })
})

describe("importPrompts", () => {
  test("has each prompt once, without white space at its end, and says what it left out", async () => {
    const conversation = [{ role: "user", content: "Why?" }]
    const records = ["The cat ", "The cat", "", null, conversation, [...conversation, { role: "assistant", content: "So." }], "Next\n"]
    const said = await printedBy(async () =>
      expect(
        await promptsOf(
          { "x.jsonl": lines(...records.map((question) => ({ question, id: 1 }))) },
          { columns: { prompt: "question" }, testFraction: 0 },
        ),
      ).toEqual([
        { prompt_id: 0, prompt: "The cat", split: "train" },
        { prompt_id: 1, prompt: "\n\nHuman: Why?\n\nAssistant:", split: "train" },
        { prompt_id: 2, prompt: "Next", split: "train" },
      ]),
    )
    expect(said).toEqual([
      "1 columns were not imported: id",
      "2 of 7 rows have no prompt and were left out",
      "2 of 7 rows repeat a prompt and were left out",
      "2 of 7 rows had white space at the end of the prompt, which was cut off",
      "1 of 7 rows ended with the assistant's answer, which was left off",
    ])
  })

  test("takes a line of plain text as a prompt, and splits so that no training prompt begins with a test prompt", async () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `${index} prompts`).flatMap((line) => [line, `${line} more`])
    const rows = await promptsOf({ "x.txt": lines.join("\n") })
    const split = new Map(rows.map(({ prompt, split }) => [prompt, split]))
    for (const { prompt, split: found } of rows) if (!prompt.endsWith("more")) expect(split.get(`${prompt} more`)).toBe(found)
    expect(new Set(split.values())).toEqual(new Set(["train", "test"]))
  })

  test("refuses a prompt in both splits by its name and place, and a file without any", async () => {
    const both = "question,set\nWhy?,train\nHow?,test\nWhy? ,test\n"
    await expect(promptsOf({ "x.csv": both }, { columns: { prompt: "question", split: "set" } })).rejects.toMatchObject({
      tag: "MalformedFile",
      message: 'x.csv:4: field "question": is in both splits: "Why?" is "test" here and was "train" before',
      details: { file: "x.csv", row: 4, field: "question" },
    })
    await expect(promptsOf({ "x.txt": "\n \n" })).rejects.toMatchObject({ tag: "NoPrompts" })
  })
})

describe("importDemonstrations", () => {
  test("has prompt and response of columns or of a conversation, as text and as demonstrations", async () => {
    const rows = [
      { q: "Why? ", a: "So.", kind: 1 },
      { q: "How?", a: " Thus.", kind: 0 },
      { q: "", a: "x", kind: 0 },
    ]
    const { demonstrations, text } = await demonstrationsOf(
      { "x.jsonl": lines(...rows) },
      { columns: { prompt: "q", response: "a", kind: "kind" } },
      [
        { prompt: "How", split: "test" },
        { prompt: "Why", split: "train" },
      ],
    )
    expect(demonstrations).toEqual([
      { text_id: 0, text: "Why? So.", kind: "1", split: "train", response_start: 4 },
      { text_id: 1, text: "How? Thus.", kind: "0", split: "test", response_start: 4 },
    ])
    expect(text).toEqual(demonstrations.map(({ response_start: _, ...row }) => row))
    const turns = [
      { role: "user", content: "Why?" },
      { role: "assistant", content: "So." },
    ]
    const chat = await demonstrationsOf({ "x.jsonl": lines({ messages: turns }) }, { columns: { messages: "messages" }, testFraction: 0 })
    const [prompt, response] = ["\n\nHuman: Why?\n\nAssistant:", " So."]
    expect(chat.demonstrations).toEqual([
      { text_id: 0, text: prompt + response, kind: "text", split: "train", response_start: prompt.length },
    ])
  })

  test("refuses columns that say two things, and a conversation without an answer", async () => {
    await expect(demonstrationsOf({ "x.jsonl": "" }, { columns: { prompt: "p" } })).rejects.toMatchObject({ tag: "Columns" })
    const unanswered = lines({
      messages: [
        { role: "assistant", content: "a" },
        { role: "user", content: "b" },
      ],
    })
    await expect(demonstrationsOf({ "x.jsonl": unanswered }, { columns: { messages: "messages" } })).rejects.toThrow(
      /answers with user message/,
    )
  })
})
