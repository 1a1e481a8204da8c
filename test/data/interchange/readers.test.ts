import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Mapping } from "../../../data/interchange/mapping.ts"
import { texts } from "./read.ts"
import { problem, read } from "./read-mapping.ts"

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
