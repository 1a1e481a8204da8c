import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { formOf, type Mapping } from "../../../data/interchange/mapping.ts"
import { follow, parsePath, pathOf } from "../../../data/interchange/path.ts"
import { jsonLines, readAll, texts } from "./read.ts"

const read = (mapping: Mapping, ...records: ReadonlyArray<unknown>) => readAll(jsonLines(...records), mapping)
const problem = (mapping: Mapping, ...records: ReadonlyArray<unknown>): Promise<string> =>
  read(mapping, ...records).then(
    () => "",
    (error: Error) => error.message,
  )

describe("a path", () => {
  const record = { a: { "b.c": [10, 20, 30] }, list: [{ x: 1 }, { x: 2 }, {}], "chosen-rating": 4 }
  test.each([
    ["a", [record.a]],
    ['a["b.c"][0]', [10]],
    ['a["b.c"][-1]', [30]],
    ['a["b.c"][7]', [undefined]],
    ['a["b.c"][:-1]', [[10, 20]]],
    ["list[*].x", [1, 2, undefined]],
    ["list[:-1][*].x", [1, 2]],
    ["list[1].x?", [2]],
    ["chosen-rating", [4]],
    ["missing.x", [undefined]],
    ["a.toString", [undefined]],
    ["a[*]", []],
  ])("%s leads to %j", (path, values) => {
    expect(follow(pathOf(path), record).map(({ value }) => value)).toEqual(values)
  })

  test("says where each value stands, as a path that leads to it", () => {
    for (const { place, value } of follow(pathOf("list[*].x"), record)) expect(follow(pathOf(place), record)).toEqual([{ place, value }])
  })

  test.each(["", "?", ".a", "a.", "a..b", "a[", "a[x]", "a[1", "[0]", "[*]", 'a["b]', "a?b"])("%j is not one", (path) => {
    expect(parsePath(path)).toMatch(/is not a path; expected names and places/)
  })

  test("reads any name that is in brackets and quotes", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(3), (name, index) => {
        const path = pathOf(`[${JSON.stringify(name)}][${index}]`)
        expect(follow(path, JSON.parse(JSON.stringify({ [name]: [0, 1, 2, 3] })))).toMatchObject([{ value: index }])
        expect(path.column).toBe(name)
      }),
    )
  })
})

describe("what a mapping must have is said when it is declared", () => {
  test.each<[Mapping, RegExp]>([
    [{ prompt: "q" }, /^has no responses; expected chosen and rejected \(with scoreChosen, scoreRejected\), or first and second/],
    [{ prompt: "q", chosen: "a" }, /^has chosen; expected chosen and rejected/],
    [{ prompt: "q", chosen: "a", rejected: "b", winner: "w" }, /^has chosen, rejected, winner; expected/],
    [{ first: "a", second: "b" }, /^does not say which response is better; expected winner, votes, or scoreFirst and scoreSecond/],
    [{ first: "a", second: "b", winner: "w" }, /^has no winners, which say what the values/],
    [{ responses: "a[*]" }, /^has no prompt, which a mapping with responses/],
    [{ prompt: "q", responses: "a" }, /^has "a", which is one value; expected a list/],
    [{ prompt: "q", responses: "a[*]", ranks: "r[*]", scores: "s[*]" }, /^has ranks and scores; expected one of them/],
    [{ prompt: "q", chosen: "a[", rejected: "b" }, /^"a\[" is not a path/],
    [{ prompt: ["q", ""], chosen: "a", rejected: "b" }, /^"" is not a path/],
  ])("%j", (mapping, message) => {
    expect(formOf(mapping)).toMatch(message)
  })
})

describe("pairs", () => {
  test("come from nested places, with scores that may be text", async () => {
    const mapping = {
      prompt: "question",
      chosen: "answers[0].text",
      rejected: "answers[1].text",
      scoreChosen: "answers[0].score",
      scoreRejected: "answers[1].score",
    }
    const record = {
      question: "Why?",
      answers: [
        { text: " So.", score: "4.5" },
        { text: " No.", score: 2 },
      ],
    }
    const { rows } = await read(mapping, record)
    expect(rows).toMatchObject([
      { prompt: "Why?", chosen: " So.", rejected: " No.", score_chosen: 4.5, score_rejected: 2, source: "imported" },
    ])
    expect(await problem(mapping, { ...record, answers: [{ text: "a", score: "good" }, { text: "b" }] })).toMatch(
      /:1: field "answers\[0\]\.score": is "good"; expected a number/,
    )
  })

  test("of texts are taken as they are, or as what a user and an assistant say", async () => {
    const record = { question: "Why?", good: "So.", bad: "No." }
    const mapping = { prompt: "question", chosen: "good", rejected: "bad" } as const
    expect(texts(await read(mapping, record))).toEqual([["Why?", "So.", "No."]])
    expect(texts(await read({ ...mapping, as: "dialogue" }, record))).toEqual([["\n\nHuman: Why?\n\nAssistant:", " So.", " No."]])
    expect(texts(await read(mapping, { ...record, question: "Q: Why? A: " }))).toEqual([["Q: Why? A:", " So.", " No."]])
  })

  test("without a prompt share their beginning, be it text, a dialogue or messages", async () => {
    const mapping = { chosen: "a", rejected: "b" }
    const messages = (answer: string) => [
      { from: "human", value: "Why?" },
      { from: "gpt", value: answer },
    ]
    expect(texts(await read(mapping, { a: "The sky is blue", b: "The sky is green" }))).toEqual([["The sky is", " blue", " green"]])
    const dialogue = "\n\nHuman: Why?\n\nAssistant:"
    expect(texts(await read(mapping, { a: `${dialogue} So it is.`, b: `${dialogue} So what.` }))).toEqual([
      [dialogue, " So it is.", " So what."],
    ])
    expect(texts(await read(mapping, { a: messages("So."), b: messages("No.") }))).toEqual([[dialogue, " So.", " No."]])
    expect(await problem(mapping, { a: "yes", b: "no" })).toMatch(/begins with nothing that a begins with/)
    expect(await problem(mapping, { a: "yes", b: messages("No.") })).toMatch(/field "b": is a conversation, and a is not/)
    expect(await problem({ ...mapping, as: "dialogue" }, { a: "An apple", b: "An ape" })).toMatch(/is text; expected a conversation/)
  })

  test("whose conversations repeat the prompt that is named are refused, with what to do", async () => {
    const turns = [
      { role: "user", content: "Why?" },
      { role: "assistant", content: "So." },
    ]
    expect(await problem({ prompt: "p", chosen: "a", rejected: "b" }, { p: "Why?", a: turns, b: turns })).toMatch(
      /field "a": begins with the prompt, which the mapping also names; leave out its prompt/,
    )
  })

  test("of conversations part where the assistant answers; those that share no message are left out", async () => {
    const turns = (...contents: ReadonlyArray<string>) =>
      contents.map((value, index) => ({ from: index % 2 === 0 ? "Human" : "bot", value }))
    const { rows, summary } = await read(
      { chosen: "a", rejected: "b" },
      { a: turns("Hi", "Yes?", "Why?", "So."), b: turns("Hi", "Yes?", "What?", "No.") },
      { a: turns("Hi", "Yes?"), b: turns("Ho", "Yes?") },
    )
    expect(rows).toMatchObject([
      {
        prompt: "\n\nHuman: Hi\n\nAssistant:",
        chosen: " Yes?\n\nHuman: Why?\n\nAssistant: So.",
        rejected: " Yes?\n\nHuman: What?\n\nAssistant: No.",
      },
    ])
    expect(summary.unpaired).toEqual({ "no-prompt": 1 })
  })

  test("of lists are each chosen response with each rejected one", async () => {
    const { rows } = await read({ prompt: "q", chosen: "good[*]", rejected: "bad[*]" }, { q: "Q", good: ["a", "b"], bad: ["c", "d"] })
    expect(rows.map(({ chosen, rejected }) => chosen + rejected)).toEqual(["ac", "ad", "bc", "bd"])
    expect(await problem({ prompt: "q", chosen: "good[*]", rejected: "bad[*]" }, { q: "Q", good: ["a"], bad: [] })).toMatch(
      /holds no preference: 1 records were left out because they lack a response \(pairs\.jsonl:1: field "bad\[\*\]": holds no response\)/,
    )
  })
})

describe("comparisons", () => {
  const winners = { first: ["a"], second: ["b"], tie: ["draw"] }
  const mapping = { prompt: "q", first: "x", second: "y", winner: "w", winners }
  const record = (w: unknown) => ({ q: "Q", x: "X", y: "Y", w })

  test("are ordered by the winner; a value that means nothing is refused, a missing one left out", async () => {
    const { rows, summary } = await read(mapping, record("a"), record("B"), record("draw"), record(null))
    expect(rows.map(({ chosen, rejected, tie }) => [chosen, rejected, tie])).toEqual([
      ["X", "Y", false],
      ["Y", "X", false],
      ["X", "Y", true],
    ])
    expect(summary).toMatchObject({ ties: 1, unpaired: { undecided: 1 } })
    expect(await problem(mapping, record("a"), record("c"))).toBe(
      'pairs.jsonl:2: field "w": is "c"; expected "a" (first), "b" (second), "draw" (tie)',
    )
  })

  test("are ordered by flags, of which one is set", async () => {
    const flags = { prompt: "q", first: "x", second: "y", winner: { first: "fx", second: "fy", tie: "ft" } }
    const flagged = (fx: unknown, fy: unknown, ft: unknown) => ({ ...record(""), fx, fy, ft })
    const { rows, summary } = await read(flags, flagged(0, 1, 0), flagged("True", "False", "False"), flagged(0, 0, 1), flagged(0, 0, 0))
    expect(rows.map(({ chosen, tie }) => [chosen, tie])).toEqual([
      ["Y", false],
      ["X", false],
      ["X", true],
    ])
    expect(summary.unpaired).toEqual({ undecided: 1 })
    expect(await problem(flags, flagged(1, 1, 0))).toMatch(/field "fy": is set beside fx; expected one of fx, fy, ft/)
  })

  test("are ordered by scores, which stay with their responses; equal scores are a tie", async () => {
    const scored = { prompt: "q", first: "x", second: "y", scoreFirst: "sx", scoreSecond: "sy" }
    const { rows, summary } = await read(
      scored,
      { ...record(""), sx: 1, sy: 2 },
      { ...record(""), sx: 3, sy: 3 },
      { ...record(""), sx: 1, sy: null },
    )
    expect(rows).toMatchObject([
      { chosen: "Y", score_chosen: 2, score_rejected: 1, tie: false },
      { chosen: "X", tie: true },
    ])
    expect(summary.unpaired).toEqual({ undecided: 1 })
  })

  test("are decided by more than half of the votes, and the share is that of the chosen response", () => {
    const vote = fc.constantFrom("a", "b", "draw")
    return fc.assert(
      fc.asyncProperty(fc.array(vote, { minLength: 1, maxLength: 7 }), async (votes) => {
        const by = { prompt: "q", first: "x", second: "y", votes: "v[*].said", winners }
        const { rows, summary } = await read(by, { ...record(""), v: votes.map((said) => ({ said })) })
        const of = (said: string) => votes.filter((one) => one === said).length
        const [a, b] = [of("a"), of("b")]
        const isTie = a * 2 <= votes.length && b * 2 <= votes.length
        expect(rows).toMatchObject([{ chosen: a >= b ? "X" : "Y", tie: isTie }])
        expect(rows[0]?.p_chosen).toBeCloseTo((Math.max(a, b) + of("draw") / 2) / votes.length)
        expect(summary.annotated).toMatchObject({ fewest: votes.length, most: votes.length, unanimous: new Set(votes).size === 1 ? 1 : 0 })
      }),
      { numRuns: 60 },
    )
  })

  test("with two responses exchanged have the same rows", () => {
    const swapped = { first: winners.second, second: winners.first, tie: winners.tie }
    return fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 9 }), async (said) => {
        const records = said.map(record)
        const exchanged = { ...mapping, first: "y", second: "x", winners: swapped }
        expect((await read(exchanged, ...records)).rows).toEqual((await read(mapping, ...records)).rows)
      }),
      { numRuns: 20 },
    )
  })
})

describe("rankings", () => {
  test("of n responses give n(n − 1)/2 pairs of one prompt, the better first, whatever their order", () => {
    const mapping = { prompt: "q", responses: "r[*].text", scores: "r[*].score" }
    return fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 6 }), async (scores) => {
        const { rows } = await read(mapping, { q: "Q", r: scores.map((score) => ({ text: `${score}`, score })) })
        expect(rows).toHaveLength((scores.length * (scores.length - 1)) / 2)
        for (const { chosen, rejected, score_chosen, score_rejected, prompt } of rows) {
          expect([prompt, chosen, rejected]).toEqual(["Q", `${score_chosen}`, `${score_rejected}`])
          expect(score_chosen).toBeGreaterThan(score_rejected as number)
        }
        expect(new Set(rows.map(({ chosen, rejected }) => `${chosen} ${rejected}`)).size).toBe(rows.length)
      }),
      { numRuns: 40 },
    )
  })

  test("have the best first where they have no numbers, and the smallest rank first where they have", async () => {
    const of = (mapping: Partial<Mapping>, record: object) =>
      read({ prompt: "q", responses: "r[*]", ...mapping }, { q: "Q", r: ["a", "b", "c"], ...record })
    expect(texts(await of({}, {})).map(([, chosen, rejected]) => `${chosen}${rejected}`)).toEqual(["ab", "ac", "bc"])
    const ranked = await of({ ranks: "n[*]" }, { n: [3, 1, 2] })
    expect(texts(ranked).map(([, chosen, rejected]) => `${chosen}${rejected}`)).toEqual(["ba", "ca", "bc"])
    expect(ranked.rows[0]?.score_chosen).toBeNull()
  })

  test("leave out what has no rank or is not text, and tie what has one rank", async () => {
    const mapping = { prompt: "q", responses: "r[*].text", ranks: "r[*].rank" }
    const r = [
      { text: "a", rank: 1 },
      { text: "b", rank: null },
      { text: 7, rank: 2 },
      { text: "c", rank: 1 },
    ]
    const { rows, summary, said } = await read(mapping, { q: "Q", r }, { q: "Q", r: r.slice(0, 2) })
    expect(rows).toMatchObject([{ chosen: "a", rejected: "c", tie: true }])
    expect(summary.unpaired).toEqual({ "not-text": 1, unranked: 2, alone: 1 })
    expect(said).toContain("2 responses were left out because they have no rank or score")
    expect(await problem({ prompt: "q", responses: "r[*].text", ranks: "n[*]" }, { q: "Q", r, n: [1] })).toMatch(
      /field "n\[\*\]": is of 1 elements, and there are 4 responses/,
    )
  })
})

describe("records of one response", () => {
  test("are paired with the first of the other kind to the same prompt, wherever it is", () => {
    const row = fc.record({ q: fc.constantFrom("p", "q"), good: fc.boolean() })
    return fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (list) => {
        const records = list.map(({ q, good }, index) => ({ q, r: `${q}${good ? "+" : "-"}${index}`, good }))
        const count = (q: string, good: boolean) => records.filter((record) => record.q === q && record.good === good).length
        const expected = ["p", "q"].reduce((sum, q) => sum + Math.min(count(q, true), count(q, false)), 0)
        const outcome = await read({ prompt: "q", response: "r", label: "good" }, ...records).catch((error: Error) => error)
        if (outcome instanceof Error) {
          expect(outcome.message).toMatch(/holds no preference: \d+ responses were left out because their prompt has no other/)
          expect(expected).toBe(0)
          return
        }
        expect(outcome.rows).toHaveLength(expected)
        expect(outcome.summary.unpaired.alone ?? 0).toBe(records.length - 2 * expected)
        for (const { prompt, chosen, rejected } of outcome.rows)
          expect([chosen.slice(0, 2), rejected.slice(0, 2)]).toEqual([`${prompt}+`, `${prompt}-`])
      }),
      { numRuns: 60 },
    )
  })

  test("with ratings are compared two by two within a prompt", async () => {
    const rated = (q: string, r: string, s: unknown) => ({ q, r, s })
    const { rows, summary } = await read(
      { prompt: "q", response: "r", score: "s" },
      rated("p", "a", 1),
      rated("q", "x", 1),
      rated("p", "b", 3),
      rated("p", "c", 1),
      rated("p", "d", ""),
    )
    expect(rows.map(({ chosen, rejected, tie }) => [chosen + rejected, tie])).toEqual([
      ["ba", false],
      ["ac", true],
      ["bc", false],
    ])
    expect(summary.unpaired).toEqual({ unranked: 1, alone: 1 })
  })

  test("may have labels of their own", async () => {
    const labels = { desirable: ["good", 5], undesirable: ["bad"] }
    const mapping = { prompt: "q", response: "r", label: "l", labels }
    expect(texts(await read(mapping, { q: "Q", r: "a", l: "bad" }, { q: "Q", r: "b", l: 5 }))).toEqual([["Q", "b", "a"]])
    expect(await problem(mapping, { q: "Q", r: "a", l: "fine" })).toMatch(
      /is "fine"; expected "good" \(desirable\), 5 \(desirable\), "bad" \(undesirable\)/,
    )
  })
})

test("columns of JSON are decoded first", async () => {
  const mapping = { json: ["p", "r"], prompt: "p[0].content", responses: "r[*]" }
  expect(texts(await read(mapping, { p: '[{"role":"user","content":"Q"}]', r: '["a","b"]' }))).toEqual([["Q", "a", "b"]])
  expect(await problem(mapping, { p: "[]", r: "[" })).toMatch(/field "r": is not JSON/)
})

test("a conversation with an image, or a message without content, is left out; a tool is called in JSON", async () => {
  const mapping = { prompt: "p", chosen: "a", rejected: "b" }
  const ask = (content: unknown) => [{ role: "user", content }]
  const call = { role: "assistant", content: "Let me see.", tool_calls: [{ function: { name: "look", arguments: '{"at":"sky"}' } }] }
  const answers = { a: [call, { role: "tool", content: "blue" }, { role: "assistant", content: "Blue." }], b: "Green." }
  const { rows, summary } = await read(
    mapping,
    {
      p: ask([
        { type: "text", text: "Which" },
        { type: "text", text: "colour?" },
      ]),
      ...answers,
    },
    { p: ask([{ type: "image_url", image_url: "sky.png" }]), ...answers },
    { p: ask(null), ...answers },
  )
  expect(rows).toMatchObject([
    {
      prompt: "\n\nHuman: Which\ncolour?\n\nAssistant:",
      chosen: ' Let me see.\n{"name":"look","arguments":{"at":"sky"}}\n\nTool: blue\n\nAssistant: Blue.',
      rejected: " Green.",
    },
  ])
  expect(summary.unpaired).toEqual({ "not-text": 2 })
})

describe("a file of which nothing is left fails", () => {
  const mapping = { prompt: "q", chosen: "a", rejected: "b" }
  test("with what was left out, and where the first of it was", async () => {
    expect(await problem(mapping, { q: "Q", a: true, b: "x" }, { q: "Q", a: 1, b: "x" })).toBe(
      'pairs.jsonl: holds no preference: 2 records or responses were left out because they are not text (pairs.jsonl:1: field "a": is true; expected text or messages)',
    )
  })

  test("and a pair of which neither response is text is one record", async () => {
    const { summary } = await read(mapping, { q: "Q", a: 1, b: 2 }, { q: "Q", a: "x", b: "y" })
    expect(summary).toMatchObject({ pairs: 1, unpaired: { "not-text": 1 } })
  })

  test("and one that lacks a column fails at once, unless the mapping says that it may be missing", async () => {
    expect(await problem(mapping, { q: "Q", a: "x" })).toMatch(/:1: field "b": is missing; the record has q, a\. No format fits/)
    expect(texts(await read({ ...mapping, prompt: ["q", "more?"] }, { q: "Q", a: "x", b: "y" }))).toEqual([["Q", "x", "y"]])
  })
})
