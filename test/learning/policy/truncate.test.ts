import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { truncate, truncateJoined, truncatePrompt } from "../../../learning/policy/truncate.ts"

const tokens = (from: number, to: number) =>
  fc.array(fc.integer({ min: 1, max: 9 }), { minLength: from, maxLength: to }).map((list) => Int32Array.from(list))
/** End-of-text first, which is token 0 here. */
const prompt = tokens(0, 30).map((rest) => Int32Array.of(0, ...rest))
const responses = fc.array(tokens(0, 30), { minLength: 1, maxLength: 3 })
const context = fc.integer({ min: 1, max: 40 })

const longestOf = (list: ReadonlyArray<Int32Array>) => Math.max(...list.map(({ length }) => length))
const totalOf = (list: ReadonlyArray<Int32Array>) => list.reduce((sum, { length }) => sum + length, 0)
const forms = [
  { name: "behind the prompt one by one", cut: truncate, taken: longestOf },
  { name: "one after another", cut: truncateJoined, taken: totalOf },
]

describe.each(forms)("responses $name", ({ cut, taken }) => {
  test("that fit with their prompt are left as they are, to the same arrays", () => {
    fc.assert(
      fc.property(prompt, responses, (prompt, responses) => {
        const kept = cut(prompt, responses, prompt.length + taken(responses))
        expect(kept.prompt).toBe(prompt)
        for (const [index, response] of responses.entries()) expect(kept.responses[index]).toBe(response)
        expect(kept.cut).toEqual({ promptTokens: 0, responses: 0 })
      }),
    )
  })

  test("fill the context and no more; the prompt goes first, from its beginning, and never its first token", () => {
    fc.assert(
      fc.property(prompt, responses, context, (prompt, responses, context) => {
        const kept = cut(prompt, responses, context)
        const whole = prompt.length + taken(responses)
        expect(kept.prompt.length + taken(kept.responses)).toBeLessThanOrEqual(context)
        expect([...kept.prompt]).toEqual([0, ...(kept.prompt.length > 1 ? prompt.subarray(1 - kept.prompt.length) : [])])
        for (const [index, response] of responses.entries())
          expect([...response].slice(0, kept.responses[index]?.length)).toEqual([...(kept.responses[index] as Int32Array)])
        // Of several responses of one length each must lose a token if one does.
        if (kept.cut.responses > 0) expect(kept.prompt.length).toBeLessThanOrEqual(cut === truncate ? 1 : responses.length)
        if (whole > context) expect(kept.prompt.length + taken(kept.responses)).toBeGreaterThan(context - responses.length)
        expect(kept.cut).toEqual({
          promptTokens: prompt.length - kept.prompt.length,
          responses: responses.filter(({ length }, index) => length > (kept.responses[index] as Int32Array).length).length,
        })
      }),
    )
  })

  test("are cut to one greatest length, whatever their order", () => {
    fc.assert(
      fc.property(prompt, responses, context, (prompt, responses, context) => {
        const [one, other] = [cut(prompt, responses, context), cut(prompt, responses.toReversed(), context)]
        expect(other.responses.toReversed()).toEqual(one.responses)
        expect(other.prompt).toEqual(one.prompt)
        const most = longestOf(one.responses)
        for (const [index, response] of responses.entries())
          expect(one.responses[index]).toHaveLength(one.cut.responses > 0 ? Math.min(most, response.length) : response.length)
      }),
    )
  })
})

test("a prompt of any length leaves room for an answer, and any answer leaves half the context to a prompt", () => {
  fc.assert(
    fc.property(prompt, fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 60 }), (prompt, context, longest) => {
      const { prompt: kept, cut } = truncatePrompt(prompt, { context, maxNewTokens: longest })
      expect(context - kept.length).toBeGreaterThanOrEqual(Math.min(longest, Math.floor(context / 2)))
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(prompt.length, Math.ceil(context / 2)))
      expect(kept[0]).toBe(0)
      expect(cut).toEqual({ promptTokens: prompt.length - kept.length, responses: 0 })
      if (prompt.length + longest <= context) expect(kept).toBe(prompt)
    }),
  )
})
