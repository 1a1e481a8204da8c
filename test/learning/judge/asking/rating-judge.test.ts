import { type Json, server } from "assay"
import { describe, expect, test } from "vitest"
import { printOmissions } from "../../../../learning/judge/judge.ts"
import { ratingJudge } from "../../../../learning/judge/scorers/rating-judge.stage.ts"
import { findRating } from "../../../../learning/judge/scorers/rating-judge.ts"
import { fake, judgeOf, printed, type ServerRequest } from "./judge.ts"

const rater = ratingJudge({ name: "rater", connect: server({ url: "http://127.0.0.1:1/v1" }) })
const pairs = [
  { prompt: "It is", first: " good", second: " bad" },
  { prompt: "It is", first: " bad", second: " bad indeed" },
]
const chat = (content: string): Json => ({ choices: [{ message: { content } }] })
const textOf = ({ body }: ServerRequest): string => (body.messages as ReadonlyArray<{ readonly content: string }>).at(-1)?.content ?? ""

describe("a rating judge", () => {
  test("asks about each response once, and prefers the higher rating", async () => {
    const connection = fake((request: ServerRequest) => chat(textOf(request).includes("good") ? "Rating: 9" : "2.5"))
    const { compare } = await judgeOf(rater({ model: "m" }), connection)
    expect(await compare(pairs)).toEqual([
      { outcome: 1, probability: 1, scores: [9, 2.5] },
      { outcome: 0.5, probability: 0.5, scores: [2.5, 2.5] },
    ])
    expect(connection.asked).toHaveLength(3)
    expect(textOf(connection.asked[0] as ServerRequest)).toContain(
      "on a scale from 1 to 10, where 10 is best.\n\nPrompt:\nIt is\n\nResponse:\n good\n",
    )
  })

  test("refuses an answer without a rating, or counts it as the middle of the scale", async () => {
    const scale = { lowest: 0, highest: 4 }
    const { compare } = await judgeOf(
      rater({ model: "m", scale }),
      fake(() => chat("9")),
    )
    await expect(compare(pairs)).rejects.toMatchObject({
      tag: "UnreadableAnswer",
      message: expect.stringContaining("a number from 0 to 4"),
    })
    const lenient = await judgeOf(
      rater({ model: "m", scale, unreadable: "middle" }),
      fake(() => chat("9")),
    )
    expect((await lenient.compare(pairs))[0]?.scores).toEqual([2, 2])
    expect(printed(() => printOmissions(lenient))).toEqual([
      "of 3 answers of the judge, 3 have no rating, or several, and count as the middle of the scale: ask m more plainly in the template, or give it more maxTokens",
    ])
  })

  test("is refused when it is declared with a scale that has no end, or a template without the response", () => {
    expect(() => rater({ model: "m", scale: { lowest: 3, highest: 3 } })).toThrow("below its highest")
    expect(() => rater({ model: "m", template: "{prompt}" })).toThrow("no {response}")
  })
})

test("a rating is the one number of an answer", () => {
  const scale = { lowest: 1, highest: 10 }
  const texts = ["7", " 7.5.", "**8**", "7/10", "7 / 10", "7/5", "7 or 8", "7, so 7", "11", "0", "none", "v2", "-3", "Rating: 10"]
  expect(texts.map((text) => findRating(text, scale))).toEqual([7, 7.5, 8, 7, 7, null, null, 7, null, null, null, null, null, 10])
  expect(findRating("-3", { lowest: -5, highest: 5 })).toBe(-3)
})
