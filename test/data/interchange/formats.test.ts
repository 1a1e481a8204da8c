import { existsSync, readdirSync, readFileSync } from "node:fs"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type FormatName, formatNames } from "../../../data/interchange/formats/index.ts"
import { excerpts, formatFiles, jsonLines, readAll, readPath, texts } from "./read.ts"

const files = readdirSync(formatFiles).map((file) => [file, file.split(".")[0] as FormatName] as const)
const recordsOf = (file: string): ReadonlyArray<unknown> =>
  readFileSync(join(formatFiles, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))

const dialogue = (...turns: ReadonlyArray<string>): string =>
  `${turns.map((turn, index) => `\n\n${index % 2 === 0 ? "Human" : "Assistant"}: ${turn}`).join("")}\n\nAssistant:`
const fruit = dialogue("Name a fruit.")

describe("every public format", () => {
  test("there are more than forty, each with a small file in its shape", () => {
    expect(formatNames.length).toBeGreaterThan(40)
    expect([...new Set(files.map(([, name]) => name))].sort()).toEqual([...formatNames].sort())
  })

  test.each(files)("%s: a response has no prompt in it and begins with a space, a prompt ends without one", async (file, name) => {
    const { rows } = await readPath(join(formatFiles, file), name)
    expect(rows.length).toBeGreaterThan(0)
    for (const { prompt, chosen, rejected } of rows) {
      expect(prompt).toMatch(/\S$/)
      for (const response of [chosen, rejected]) {
        expect(response).toMatch(/^ \S/)
        expect(response).not.toContain(prompt)
      }
    }
  })

  test.each([
    [
      "alpaca-comparison",
      [
        [fruit, " An apple.", " A carrot."],
        [dialogue("Name the opposite.\nwarm"), " cold", " hot"],
      ],
    ],
    ["alpaca-kto", [[fruit, " An apple.", " A carrot."]]],
    ["arena-55k", [[fruit, ` An apple.${dialogue("Another?")} A pear.`, ` A carrot.${dialogue("Another?")} A leek.`]]],
    ["beavertails", [[dialogue("How do I open a locked door?"), " Ask a locksmith.", " Kick it in."]]],
    ["capybara-dpo", [[dialogue("Hi", "Hello!", "Name a fruit."), " An apple.", " A carrot."]]],
    ["math-step-dpo", [["What is 3 times 4, plus 1?\nStep 1: 3 × 4 = 12.\nStep 2:", " 12 + 1 = 13.", " 12 + 1 = 14."]]],
    [
      "mt-bench",
      [
        [fruit, " An apple.", " A carrot."],
        [fruit, ` An apple.${dialogue("Another?")} A pear.`, ` A carrot.${dialogue("Another?")} A leek.`],
      ],
    ],
    [
      "nectar",
      [
        [fruit, " An apple.", " A pear, say."],
        [fruit, " An apple.", " A carrot."],
        [fruit, " A pear, say.", " A carrot."],
      ],
    ],
    [
      "oasst-trees",
      [
        [fruit, " An apple.", " A carrot."],
        [dialogue("Name a fruit.", "An apple.", "And another?"), " A pear.", " No."],
      ],
    ],
    [
      "openhermes-preferences",
      [
        [fruit, " An apple.", " A carrot."],
        [fruit, " An apple.", " A pear."],
        [fruit, " A pear.", " A carrot."],
      ],
    ],
    ["pku-saferlhf-safer", [[dialogue("How do I open a locked door?"), " Ask a locksmith; bring proof that it is yours.", " Kick it in."]]],
    [
      "reward-bench-2",
      [
        [fruit, " An apple.", " A carrot."],
        [fruit, " An apple.", " A leek."],
        [fruit, " An apple.", " No."],
      ],
    ],
    [
      "sharegpt-ranking",
      [
        [`\n\nSystem: Be brief.${dialogue("Hi!", "Hello.", "Name a fruit.")}`, " An apple.", " A carrot."],
        [dialogue("Name a colour."), " Red.", " Seven."],
      ],
    ],
    [
      "swift-dpo",
      [
        [
          `\n\nSystem: You are a useful and harmless assistant${dialogue("Tell me tomorrow's weather")}`,
          " Tomorrow will be sunny.",
          " I don't know",
        ],
      ],
    ],
  ] as const)("%s gives the pairs that its data set means", async (name, expected) => {
    expect(texts(await readPath(join(formatFiles, `${name}.jsonl`), name))).toEqual(expected)
  })

  test("keeps the numbers that come with a pair", async () => {
    const first = async (name: FormatName) => (await readPath(join(formatFiles, `${name}.jsonl`), name)).rows[0]
    expect(await first("shp")).toMatchObject({ score_chosen: 40, score_rejected: 12, source: "human" })
    expect(await first("prometheus-preference")).toMatchObject({ score_chosen: 5, score_rejected: 2, source: "model" })
    expect(await first("ultrafeedback-cleaned")).toMatchObject({ score_chosen: 4.75, score_rejected: 1.5 })
    expect(await first("snorkel-pairrm")).toMatchObject({ chosen: " An apple.", score_chosen: 1.75, score_rejected: 0.5 })
    expect(await first("helpsteer")).toMatchObject({ score_chosen: 4, score_rejected: 1 })
    const helpsteer = await first("helpsteer3-preference")
    expect(helpsteer?.p_chosen).toBeCloseTo(5 / 6)
    expect(helpsteer?.annotators).toBe(3)
  })

  test("marks ties, and counts what it leaves out", async () => {
    const summaryOf = async (name: FormatName) => (await readPath(join(formatFiles, `${name}.jsonl`), name)).summary
    expect(await summaryOf("chatbot-arena")).toMatchObject({ pairs: 2, ties: 1, unpaired: {} })
    expect(await summaryOf("arena-140k")).toMatchObject({ pairs: 2, ties: 1, unpaired: { "not-text": 1 } })
    expect(await summaryOf("ultrafeedback")).toMatchObject({ pairs: 3, ties: 1, unpaired: { unranked: 1 } })
    expect(await summaryOf("trl-unpaired")).toMatchObject({ pairs: 1, unpaired: { alone: 1 } })
    expect(await summaryOf("oasst-trees")).toMatchObject({ pairs: 2, unpaired: { unranked: 1 } })
  })
})

describe("Parquet that DuckDB writes of the same records", () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-formats-"))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test("gives the same rows in every format", async () => {
    const instance = await DuckDBInstance.create(":memory:")
    const connection = await instance.connect()
    try {
      for (const [file, name] of files) {
        // A column there has one type, and in this file a response is a boolean.
        if (name === "pandalm") continue
        const [from, to] = [join(formatFiles, file), join(folder, "rows.parquet")]
        await connection.run(`COPY (SELECT * FROM read_json('${from}', format = 'newline_delimited')) TO '${to}' (FORMAT parquet)`)
        const bytes = await readFile(to)
        const source = { name: file, size: bytes.length, read: async (start: number, end: number) => bytes.subarray(start, end) }
        expect((await readAll(source, name)).rows, file).toEqual((await readPath(from, name)).rows)
      }
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })
})

describe("a file of another format is refused, and the error names those that fit", () => {
  const problem = (records: ReadonlyArray<unknown>, format: FormatName): Promise<string> =>
    readAll(jsonLines(...records), format).then(
      () => "",
      (error: Error) => error.message,
    )

  test.each([
    [
      "tulu-3.jsonl",
      "trl",
      /pairs\.jsonl:1: field "prompt": is "Name a fruit\."; expected a list of messages\. Formats that fit: .*"tulu-3"/,
    ],
    ["shp.jsonl", "trl", /field "chosen": is missing; the record has post_id, .*\. Formats that fit: "shp"\.$/],
    ["chatbot-arena.jsonl", "helpsteer", /Formats that fit: .*"chatbot-arena"/],
    ["orca-dpo-pairs.jsonl", "trl", /has no column "prompt", but one called "question".*Formats that fit: "orca-dpo-pairs"\.$/],
    ["pandalm.jsonl", "alpaca-farm", /field "preference": is missing.*Formats that fit: "pandalm"\.$/],
    ["oasst-trees.jsonl", "nectar", /Formats that fit: "oasst-trees"\.$/],
  ] as const)("%s read as %s", async (file, format, message) => {
    expect(await problem(recordsOf(file), format)).toMatch(message)
  })

  test("where none fits, a mapping is what is needed", async () => {
    expect(await problem([{ frage: "a", antwort: "b" }], "trl")).toMatch(/No format fits these columns: describe them by a mapping\.$/)
  })

  test("a fault of a later record is that record's, and no other format is named", async () => {
    const records = [
      { question: "a", chosen: "b", rejected: "c" },
      { question: "a", chosen: "b" },
    ]
    expect(await problem(records, "orca-dpo-pairs")).toBe('pairs.jsonl:2: field "rejected": is missing; the record has question, chosen')
  })
})

describe("excerpts of real data sets", () => {
  test("HH-RLHF: every row is a pair, cut where the two dialogues part", async () => {
    const { rows, summary } = await readPath(join(excerpts, "hh-rlhf.jsonl"), "hh-rlhf")
    expect(summary).toMatchObject({ pairs: 20, ties: 0, unpaired: {} })
    for (const [index, line] of readFileSync(join(excerpts, "hh-rlhf.jsonl"), "utf8").trim().split("\n").entries()) {
      const { chosen, rejected } = JSON.parse(line)
      const row = rows[index] as (typeof rows)[number]
      expect([row.prompt + row.chosen, row.prompt + row.rejected]).toEqual([chosen, rejected])
      expect(row.prompt.endsWith("\n\nAssistant:")).toBe(true)
    }
  })

  test("PandaLM: the majority of three annotators decides, their share is kept, and booleans are left out", async () => {
    const { rows, said } = await readPath(join(excerpts, "pandalm.jsonl"), "pandalm")
    const thirds = rows.map(({ p_chosen, tie }) => [Math.round((p_chosen ?? -1) * 6), tie])
    const votes = readFileSync(join(excerpts, "pandalm.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter(({ response1, response2 }) => typeof response1 === "string" && typeof response2 === "string")
    expect(rows).toHaveLength(votes.length)
    for (const [index, { annotator1, annotator2, annotator3, response1, response2 }] of votes.entries()) {
      const said = [annotator1, annotator2, annotator3]
      const [one, two] = [1, 2].map((which) => said.filter((vote) => vote === which).length) as [number, number]
      const better = one >= two ? [one, response1] : [two, response2]
      expect(rows[index]?.chosen).toBe(` ${better[1]}`)
      expect(thirds[index]).toEqual([2 * Number(better[0]) + (3 - one - two), Math.max(one, two) < 2])
    }
    expect(said).toContain("3 records or responses were left out because they are not text")
    expect(said).toContain("17 of 17 pairs were judged by 3 annotators; they agree on 6")
  })

  test("OpenAssistant: n ranked replies give n(n − 1)/2 pairs of one prompt, those without a rank none", async () => {
    const { rows, summary } = await readPath(join(excerpts, "oasst-trees.jsonl"), "oasst-trees")
    const groups = new Map<string, number>()
    for (const { prompt } of rows) groups.set(prompt, (groups.get(prompt) ?? 0) + 1)
    expect([...groups.values()].sort()).toEqual([1, 1, 1, 1, 1, 1, 3, 3, 3, 6, 6, 6])
    expect(summary).toMatchObject({ pairs: 33, ties: 0, unpaired: { unranked: 6 } })
    expect(rows.every(({ prompt }) => /^\n\nHuman: [\s\S]*\n\nAssistant:$/.test(prompt))).toBe(true)
  })
})

test("OpenAssistant: the messages as a table give the same rows as the trees, and one without its parent is counted", async () => {
  interface Message {
    readonly replies: ReadonlyArray<Message>
  }
  const flat = ({ replies, ...message }: Message, message_tree_id: string): ReadonlyArray<object> => [
    { ...message, message_tree_id },
    ...replies.flatMap((reply) => flat(reply, message_tree_id)),
  ]
  const messages = readFileSync(join(excerpts, "oasst-trees.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .flatMap(({ prompt, message_tree_id }) => flat(prompt, message_tree_id))
  const trees = await readPath(join(excerpts, "oasst-trees.jsonl"), "oasst-trees")
  const table = await readAll(jsonLines(...messages), "oasst-messages")
  expect(table.rows).toEqual(trees.rows)
  expect(table.summary.unpaired).toEqual(trees.summary.unpaired)
  const torn = await readAll(jsonLines({ ...messages.at(-1), message_tree_id: "other" }, ...messages.slice(0, -1)), "oasst-messages")
  expect(torn.summary.unpaired["no-prompt"]).toBe(1)
  expect(torn.rows).toHaveLength(trees.rows.length - 3)
})

describe("whole data sets, where ASSAY_TEST_DATA names their folder", () => {
  const data = process.env.ASSAY_TEST_DATA
  const whole = (file: string): string => join(data ?? "", file)
  const isThere = data !== undefined && existsSync(whole("hh-harmless-test.jsonl.gz"))
  if (!isThere) console.log("whole data sets are not read: set ASSAY_TEST_DATA to the folder of hh-harmless-test.jsonl.gz")

  test.skipIf(!isThere)("HH-RLHF harmless, test: 2,312 pairs", async () => {
    expect((await readPath(whole("hh-harmless-test.jsonl.gz"), "hh-rlhf")).summary).toMatchObject({ pairs: 2312, ties: 0, unpaired: {} })
  })

  test.skipIf(!isThere)("PandaLM: 999 records, of which 894 have a majority that is not a tie; six are not text", async () => {
    const records = JSON.parse(readFileSync(whole("pandalm-testset-v1.json"), "utf8")) as ReadonlyArray<unknown>
    const { summary } = await readAll(jsonLines(...records), "pandalm")
    // All six have a majority, and two are unanimous.
    expect(summary).toMatchObject({ pairs: 999 - 6, ties: 999 - 894, unpaired: { "not-text": 6 } })
    expect(summary.annotated).toEqual({ pairs: 993, fewest: 3, most: 3, unanimous: 879 - 2 })
  })

  test.skipIf(!isThere)("OpenAssistant, 100 English trees: 754 pairs of 212 ranked groups", async () => {
    const { rows, summary } = await readPath(whole("oasst-en-100-tree.jsonl"), "oasst-trees")
    expect(summary).toMatchObject({ pairs: 754, ties: 0, unpaired: { unranked: 6, alone: 40 } })
    expect(new Set(rows.map(({ prompt }) => prompt)).size).toBe(212)
  })
})
