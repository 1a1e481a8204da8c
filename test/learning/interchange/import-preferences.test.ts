import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { DuckDBInstance } from "@duckdb/node-api"
import { file } from "assay"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { importPreferences } from "../../../learning/interchange/import-preferences.stage.ts"
import { MemoryFiles } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

type Format = "trl" | "hh-rlhf" | "tldr" | "ultrafeedback-binarized"

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-import-"))
})
afterAll(() => rm(folder, { recursive: true }))

const imported = async (format: Format, content: string | Uint8Array, name = "pairs") => {
  const { preferences } = await runStage(importPreferences, { file: new MemoryFiles({ [name]: content }) }, { format })
  return preferences.read()
}

const pairs = async (format: Format, content: string | Uint8Array) =>
  (await imported(format, content)).map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected])

const lines = (...records: ReadonlyArray<unknown>): string => records.map((record) => `${JSON.stringify(record)}\n`).join("")

/** What DuckDB, a foreign program, writes for a query. */
const parquet = async (sql: string): Promise<Uint8Array> => {
  const file = join(folder, "foreign.parquet")
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await connection.run(`COPY (${sql}) TO '${file}' (FORMAT parquet, COMPRESSION uncompressed)`)
  connection.closeSync()
  instance.closeSync()
  return readFile(file)
}

const user = (content: string) => ({ role: "user", content })
const assistant = (content: string) => ({ role: "assistant", content })

describe("every form of TRL's preferences", () => {
  test("explicit text is taken as it is, whatever else is beside it", async () => {
    expect(await imported("trl", lines({ id: 7, prompt: "The sky is", chosen: " blue.", rejected: " green." }))).toEqual([
      {
        pair_id: 0,
        prompt: "The sky is",
        chosen: " blue.",
        rejected: " green.",
        chosen_token_ids: new Int32Array(),
        rejected_token_ids: new Int32Array(),
        score_chosen: null,
        score_rejected: null,
        p_chosen: null,
        tie: false,
        source: "imported",
        judge_key: null,
        judge_labels: null,
        annotators: null,
        policy_key: null,
        step: 0,
        position: 0,
      },
    ])
  })

  test("implicit text is cut where the two part, in front of the space, and never within a character", async () => {
    const content = lines(
      { chosen: "The sky is blue.", rejected: "The sky is green." },
      { chosen: "The sky is blue", rejected: "The sky is black" },
      { chosen: "same", rejected: "same but longer" },
      { chosen: "I 😀", rejected: "I 😁" },
    )
    expect(await pairs("trl", content)).toEqual([
      ["The sky is", " blue.", " green."],
      ["The sky is bl", "ue", "ack"],
      ["same", "", " but longer"],
      ["I", " 😀", " 😁"],
    ])
  })

  test("conversations are written out in turns, explicit and implicit alike", async () => {
    const prompt = [{ role: "system", content: "Be brief." }, user("Which colour?")]
    const written = ["\n\nSystem: Be brief.\n\nHuman: Which colour?\n\nAssistant:", " Blue.", " Green."]
    expect(await pairs("trl", lines({ prompt, chosen: [assistant("Blue.")], rejected: [assistant("Green.")] }))).toEqual([written])
    expect(await pairs("trl", lines({ chosen: [...prompt, assistant("Blue.")], rejected: [...prompt, assistant("Green.")] }))).toEqual([
      written,
    ])
  })

  test("a response may go on for several turns, and equal ones are a tie", async () => {
    const long = [assistant("Hm."), user("Well?"), assistant("Blue.")]
    const [row] = await imported("trl", lines({ chosen: [user("Which?"), ...long], rejected: [user("Which?"), ...long] }))
    expect(row).toMatchObject({ prompt: "\n\nHuman: Which?\n\nAssistant: Hm.\n\nHuman: Well?\n\nAssistant:", chosen: " Blue.", tie: true })
  })

  test("is the same from Parquet, with nulls where a column is not used", async () => {
    const content = await parquet(
      "SELECT NULL::VARCHAR AS prompt, 'The sky is blue' AS chosen, 'The sky is green' AS rejected, 2::BIGINT AS score_chosen UNION ALL SELECT NULL, 'ä b', 'ä c', NULL",
    )
    expect(await imported("trl", content)).toMatchObject([
      { prompt: "The sky is", chosen: " blue", rejected: " green", score_chosen: 2, score_rejected: null, position: 0 },
      { prompt: "ä", chosen: " b", rejected: " c", score_chosen: null, position: 1 },
    ])
  })
})

test("dialogues of HH-RLHF are cut at the last turn that both share, from gzip as from text", async () => {
  const content = lines(
    {
      chosen: "\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Why?\n\nAssistant: So.",
      rejected: "\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Why?\n\nAssistant: No.",
    },
    {
      chosen: "\n\nHuman: Hi\n\nAssistant: A\n\nHuman: B\n\nAssistant: C",
      rejected: "\n\nHuman: Hi\n\nAssistant: D\n\nHuman: B\n\nAssistant: C",
    },
  )
  const expected = [
    ["\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Why?\n\nAssistant:", " So.", " No."],
    ["\n\nHuman: Hi\n\nAssistant:", " A\n\nHuman: B\n\nAssistant: C", " D\n\nHuman: B\n\nAssistant: C"],
  ]
  expect(await pairs("hh-rlhf", content)).toEqual(expected)
  expect(await pairs("hh-rlhf", gzipSync(content))).toEqual(expected)
  expect(await imported("hh-rlhf", content)).toMatchObject([{ source: "human" }, { source: "human", pair_id: 1 }])
})

test("a comparison of summaries takes the post as the prompt, and the choice as the chosen", async () => {
  const summaries = [
    { text: " He left.", policy: "sup2", note: null },
    { text: "She stayed.", policy: "ref", note: null },
  ]
  const info = { id: "t3_1", post: "Long story.", title: "What now", subreddit: "advice", site: null, article: null }
  const content = lines({ info, summaries, choice: 1, worker: "w" }, { info: { article: "News." }, summaries, choice: 0 })
  expect(await pairs("tldr", content)).toEqual([
    ["SUBREDDIT: r/advice\n\nTITLE: What now\n\nPOST: Long story.\n\nTL;DR:", " She stayed.", " He left."],
    ["Article:\nNews.\n\nTL;DR:", " He left.", " She stayed."],
  ])
})

test("UltraFeedback has conversations and scores in Parquet, and equal scores are a tie", async () => {
  const turn = (role: string, content: string) => `{'content': '${content}', 'role': '${role}'}`
  const row = (answer: string, chosen: number, rejected: number) =>
    `SELECT 'Why?' AS prompt, 'x' AS prompt_id, [${turn("user", "Why?")}, ${turn("assistant", answer)}] AS chosen, [${turn("user", "Why?")}, ${turn("assistant", "No.")}] AS rejected, ${chosen}::DOUBLE AS score_chosen, ${rejected}::DOUBLE AS score_rejected`
  const content = await parquet(`${row("So.", 9, 4.5)} UNION ALL ${row("Because.", 5, 5)}`)
  const prompt = "\n\nHuman: Why?\n\nAssistant:"
  expect(await imported("ultrafeedback-binarized", content)).toMatchObject([
    { prompt, chosen: " So.", rejected: " No.", score_chosen: 9, score_rejected: 4.5, tie: false, source: "model" },
    { prompt, chosen: " Because.", rejected: " No.", tie: true },
  ])
})

test("what is left out, and what a reader may not expect, is counted and said", async () => {
  const said: Array<string> = []
  const print = vi.spyOn(console, "log").mockImplementation((line) => void said.push(line))
  try {
    const pair = { prompt: "p", chosen: " a", rejected: " b" }
    const content = lines(
      pair,
      { ...pair, id: 1, "chosen-rating": 5 },
      { ...pair, rejected: " a", id: 2 },
      { ...pair, score_chosen: 1, score_rejected: 2 },
      { ...pair, prompt: "" },
      { ...pair, rejected: "" },
      { prompt: "p", chosen: "p a", rejected: "p b" },
    )
    await imported("trl", content)
    expect(said).toEqual([
      "2 columns were not imported: id, chosen-rating",
      "1 of 7 pairs are ties, which train nothing: equal responses, equal scores, or no verdict",
      "1 of 7 pairs have a chosen response with the lower score",
      "1 of 7 pairs have an empty prompt",
      "1 of 7 pairs have an empty response",
      "1 of 7 pairs repeat the prompt at the beginning of both responses: a policy would read it twice",
    ])
    said.length = 0
    await imported("trl", await parquet("SELECT 'p' AS prompt, ' a' AS chosen, ' b' AS rejected, 4 AS rating, 'x' AS source"))
    expect(said).toEqual(["2 columns were not imported: rating, source"])
    said.length = 0
    await imported("trl", lines(pair))
    expect(said).toEqual([])
  } finally {
    print.mockRestore()
  }
})

test("a file of more rows than are held at a time comes whole and in order", async () => {
  const rows = await imported(
    "trl",
    lines(...Array.from({ length: 10_000 }, (_, index) => ({ prompt: "p", chosen: `a${index}`, rejected: "b" }))),
  )
  expect(rows).toHaveLength(10_000)
  expect(rows.every(({ pair_id, chosen }, index) => pair_id === index && chosen === `a${index}`)).toBe(true)
})

describe("a mapping instead of a format", () => {
  const mapping = { prompt: "question", first: "a", second: "b", winner: "best", winners: { first: ["A"], second: ["B"] }, source: "human" }

  test("describes a file that is in none", async () => {
    const content = lines({ question: "Why?", a: " So.", b: " No.", best: "B" })
    const { preferences } = await runStage(importPreferences, { file: new MemoryFiles({ pairs: content }) }, { mapping })
    expect(await preferences.read()).toMatchObject([{ prompt: "Why?", chosen: " No.", rejected: " So.", source: "human", tie: false }])
  })

  test("is checked when the pipeline is declared, as is that there is one of the two", () => {
    const declare = importPreferences as (options: object) => unknown
    const given = { file: file("pairs.jsonl") }
    expect(() => declare(given)).toThrow(
      /stage import-preferences: "format" is missing: name a public format, or describe the file by "mapping"/,
    )
    expect(() => declare({ ...given, format: "trl", mapping })).toThrow(/"format" and "mapping" are both given: expected one of them/)
    // @ts-expect-error: no format has this name
    expect(() => importPreferences({ ...given, format: "tlr" })).toThrow(/Expected "trl" \| "trl-unpaired" \| .*at \["format"\]/s)
    // @ts-expect-error: a mapping has no such name
    expect(() => importPreferences({ ...given, mapping: { prompt: "q", choosen: "a", rejected: "b" } })).toThrow(/choosen/)
    expect(() => declare({ ...given, mapping: { prompt: "q", chosen: "a" } })).toThrow(/"mapping" has chosen; expected chosen and rejected/)
    expect(() => declare({ ...given, mapping: { ...mapping, winer: "x" } })).toThrow(/winer/)
    expect(() => declare({ ...given, mapping: { prompt: "q[", chosen: "a", rejected: "b" } })).toThrow(/"q\[" is not a path/)
  })
})

describe("a malformed file gives one error that names file, row and field", () => {
  const refused = async (format: Format, content: string | Uint8Array, details: Readonly<Record<string, unknown>>, message: RegExp) => {
    const failure = await imported(format, content, "bad.data").then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ name: "StageError", tag: "MalformedFile", message: expect.stringMatching(message) })
    expect(failure).toHaveProperty("details", { file: "bad.data", ...details })
  }
  const good = { prompt: "a", chosen: "b", rejected: "c" }
  const hh = { chosen: "\n\nHuman: a\n\nAssistant: b", rejected: "\n\nHuman: a\n\nAssistant: c" }

  test.each<[string, Format, string, Readonly<Record<string, unknown>>, RegExp]>([
    ["nothing", "trl", "", {}, /holds no preference/],
    ["a line cut in the middle", "trl", lines(good, good).slice(0, -9), { row: 2 }, /bad\.data:2: is not JSON/],
    ["columns of another format", "trl", lines({ question: "a", answer: "b" }), { row: 1, field: "chosen" }, /has question, answer/],
    ["one wrong column", "hh-rlhf", lines(hh, { chosen: "x" }), { row: 2, field: "rejected" }, /is missing/],
    [
      "a prompt of another name",
      "trl",
      lines({ question: "a", chosen: "The b", rejected: "The c" }),
      {},
      /has no column "prompt", but one called "question" \(columns: question, chosen, rejected\)\. Rename it to "prompt"/,
    ],
    [
      "texts that share no prompt",
      "trl",
      lines({ id: 1, chosen: "a b", rejected: "a c" }, { id: 2, chosen: "yes", rejected: "no" }),
      { row: 2, field: "rejected" },
      /no prompt beside them \(fields: id, chosen, rejected\)\. Expected prompt, chosen and rejected, or/,
    ],
    [
      "texts that share only white space",
      "trl",
      lines({ chosen: " yes", rejected: " no" }),
      { row: 1, field: "rejected" },
      /no prompt beside them/,
    ],
    [
      "a score without end",
      "trl",
      `${lines(good)}{"prompt":"a","chosen":"b","rejected":"c","score_chosen":1e999}`,
      { row: 2, field: "score_chosen" },
      /is Infinity; expected a finite number/,
    ],
    ["a number for text", "hh-rlhf", lines({ ...hh, rejected: 4 }), { row: 1, field: "rejected" }, /is 4; expected text/],
    ["text that is no dialogue", "hh-rlhf", lines({ chosen: "Yes", rejected: "No" }), { row: 1, field: "rejected" }, /shares no dialogue/],
    ["another form halfway", "trl", lines(good, { chosen: "ab", rejected: "ac" }), { row: 2, field: "prompt" }, /records before have one/],
    [
      "an unknown role",
      "trl",
      lines({ chosen: [{ role: "narrator", content: "" }], rejected: [] }),
      { row: 1, field: "chosen[0].role" },
      /is "narrator"; expected one of system, /,
    ],
    [
      "content in parts",
      "trl",
      lines({ chosen: [{ role: "user", content: [] }], rejected: [] }),
      { row: 1, field: "chosen[0].content" },
      /is a list; expected text/,
    ],
    [
      "a user who answers",
      "trl",
      lines({ prompt: [user("a")], chosen: [user("b")], rejected: [] }),
      { row: 1, field: "chosen" },
      /answers with user message/,
    ],
    [
      "conversations without a prompt",
      "trl",
      lines({ chosen: [assistant("b")], rejected: [assistant("c")] }),
      { row: 1, field: "chosen" },
      /no message of a prompt/,
    ],
    ["three summaries", "tldr", lines({ summaries: [1, 2, 3], choice: 0, info: {} }), { row: 1, field: "summaries" }, /not a list of two/],
    [
      "a summary without text",
      "tldr",
      lines({ summaries: [{ text: "a" }, {}], choice: 0, info: {} }),
      { row: 1, field: "summaries[1].text" },
      /is missing; expected text/,
    ],
    [
      "a choice of neither",
      "tldr",
      lines({ summaries: [{ text: "a" }, { text: "b" }], choice: 2, info: {} }),
      { row: 1, field: "choice" },
      /is 2/,
    ],
    [
      "a post without its title",
      "tldr",
      lines({ summaries: [{ text: "a" }, { text: "b" }], choice: 0, info: { subreddit: "x", post: "y" } }),
      { row: 1, field: "info.title" },
      /is missing/,
    ],
  ])("%s", (_, format, content, details, message) => refused(format, content, details, message))

  test("broken UTF-8", () =>
    refused("trl", Buffer.concat([Buffer.from(lines(good)), Buffer.from([0x22, 0xc3, 0x28, 0x22])]), { row: 2 }, /is not UTF-8/))

  test("gzip that ends early, or is damaged, or holds something else", async () => {
    const zipped = gzipSync(lines(...Array.from({ length: 300 }, (_, index) => ({ ...hh, index }))))
    await refused("hh-rlhf", zipped.subarray(0, zipped.length >> 1), {}, /is damaged gzip: unexpected end of file/)
    const flipped = Uint8Array.from(zipped)
    flipped.set([0xff, 0xff, 0xff, 0xff], 40)
    await refused("hh-rlhf", flipped, {}, /is damaged gzip/)
    await refused("hh-rlhf", gzipSync(`${lines(hh)}${" ".repeat(100 * 2 ** 20)}`), { row: 2 }, /is longer than 16777216 bytes/)
  })

  describe("Parquet", () => {
    let whole: Uint8Array
    beforeAll(async () => {
      whole = await parquet("SELECT 'p' AS prompt, 'chosen ' || range AS chosen, 'rejected ' || range AS rejected FROM range(1000)")
    })
    const at = (text: string): number => Buffer.from(whole).indexOf(text)

    test("that ends early", () => refused("trl", whole.subarray(0, whole.length - 100), {}, /does not end as a Parquet file does/))

    test("with a footer that claims to be larger than the file", async () => {
      const bytes = Uint8Array.from(whole)
      new DataView(bytes.buffer).setUint32(bytes.length - 8, 0xffff_fff0, true)
      await refused("trl", bytes, {}, /claims a footer of 4294967280 bytes/)
    })

    test("with other columns, or cells that are no text", async () => {
      await refused(
        "trl",
        await parquet("SELECT 1 AS x"),
        {},
        /has no column chosen, rejected, which "trl" needs; it has x\. No format fits these columns: describe them by a mapping\.$/,
      )
      await refused(
        "trl",
        await parquet("SELECT 'a' AS prompt, 'b' AS chosen"),
        {},
        /has no column rejected, which "trl" needs; it has prompt, chosen\. No format fits/,
      )
      await refused(
        "trl",
        await parquet("SELECT 'a' AS prompt, 'b' AS chosen, 3 AS rejected"),
        { row: 0, field: "rejected" },
        /is 3; expected text/,
      )
      const halfway = "SELECT 'a' AS prompt, 'b' AS chosen, CASE WHEN range < 5 THEN 'c' END AS rejected FROM range(9)"
      await refused("trl", await parquet(halfway), { row: 5, field: "rejected" }, /is missing/)
    })

    test("with a prompt of another name, or scores that order nothing", async () => {
      const renamed = "SELECT 'a' AS instruction, 'The b' AS chosen, 'The c' AS rejected"
      await refused("trl", await parquet(renamed), {}, /no column "prompt", but one called "instruction"/)
      for (const [score, found] of [
        ["'nan'", /is NaN/],
        ["'-infinity'", /is -Infinity/],
      ] as const) {
        const scored = `SELECT 'a' AS prompt, 'b' AS chosen, 'c' AS rejected, 1.5::DOUBLE AS score_chosen, ${score}::DOUBLE AS score_rejected`
        await refused("trl", await parquet(scored), { row: 0, field: "score_rejected" }, found)
      }
    })

    test("with text that is no UTF-8, or pages that are damaged: the column is named", async () => {
      const broken = Uint8Array.from(whole)
      broken[at("chosen 500") + 3] = 0xff
      await refused("trl", broken, { row: 0, field: "chosen" }, /is damaged: .*UTF-?8.* \(in the 1000 rows from this one on\)/i)
      const torn = Uint8Array.from(whole)
      torn.fill(0xff, at("rejected 500") - 4, at("rejected 500"))
      await refused("trl", torn, { row: 0, field: "rejected" }, /is damaged/)
    })

    test("with a bit flipped anywhere gives the error or other pairs, and nothing else", async () => {
      const small = await parquet("SELECT 'p' AS prompt, 'chosen ' || range AS chosen, 'rejected ' || range AS rejected FROM range(3)")
      for (let position = 0; position < small.length; position += 3) {
        const bytes = Uint8Array.from(small)
        bytes[position] = (bytes[position] as number) ^ (1 << (position % 8))
        const outcome = await imported("trl", bytes).catch((error: unknown) => error)
        if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ name: "StageError", tag: "MalformedFile", details: { file: "pairs" } })
      }
    })
  })
})
