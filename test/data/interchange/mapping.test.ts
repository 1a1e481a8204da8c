import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { formOf, type Mapping } from "../../../data/interchange/mapping.ts"
import { follow, parsePath, pathOf } from "../../../data/interchange/path.ts"
import { texts } from "./read.ts"
import { problem, read } from "./read-mapping.ts"

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
