import { gzipSync } from "node:zlib"
import { file } from "assay"
import { describe, expect, test, vi } from "vitest"
import { importPreferences } from "../../../learning/interchange/import-preferences.stage.ts"
import { MemoryFiles } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { assistant, type Format, imported, lines, parquet, user } from "./imported.ts"

const pairs = async (format: Format, content: string | Uint8Array) =>
  (await imported(format, content)).map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected])

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
        logp_chosen: null,
        logp_rejected: null,
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
