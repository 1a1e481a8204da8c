import { gzipSync } from "node:zlib"
import { beforeAll, describe, expect, test } from "vitest"
import { assistant, type Format, imported, lines, parquet, user } from "./imported.ts"

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
