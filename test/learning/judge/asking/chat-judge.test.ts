import { type Json, server } from "assay"
import { describe, expect, test } from "vitest"
import { printOmissions } from "../../../../learning/judge/judge.ts"
import { chatJudge } from "../../../../learning/judge/scorers/chat-judge.stage.ts"
import { findChoice, weighChoices } from "../../../../learning/judge/scorers/choices.ts"
import { fake, judgeOf, printed, type ServerRequest } from "./judge.ts"

const critic = chatJudge({ name: "critic", connect: server({ url: "http://127.0.0.1:1/v1" }) })
const pairs = [
  { prompt: "It is", first: " good", second: " bad" },
  { prompt: "It is", first: " bad", second: " good" },
  { prompt: "It was", first: " so", second: " so" },
]
const chat = (content: string | null, rest: object = {}): Json => ({ choices: [{ message: { role: "assistant", content }, ...rest }] })
const textOf = ({ body }: ServerRequest): string => (body.messages as ReadonlyArray<{ readonly content: string }>).at(-1)?.content ?? ""

/** Prefers the response that says "good". */
const honest = (request: ServerRequest): Json => {
  const [, first = "", second = ""] = /Response A:\n([\s\S]*?)\n\nResponse B:\n([\s\S]*?)\n\nAnswer/.exec(textOf(request)) ?? []
  const goods = [first, second].map((text) => (text.includes("good") ? 1 : 0)) as [number, number]
  return chat(goods[0] > goods[1] ? "A" : goods[0] < goods[1] ? "B" : "C")
}

describe("a chat judge", () => {
  test("asks about each pair in both orders, by the template", async () => {
    const connection = fake(honest)
    const { compare, score } = await judgeOf(critic({ model: "judge-1b", revision: "2026-01" }), connection)
    expect((await compare(pairs)).map(({ outcome }) => outcome)).toEqual([1, 0, 0.5])
    expect(score).toBe(undefined)
    expect(connection.asked).toHaveLength(6)
    expect(connection.scopes).toEqual([{ revision: "2026-01" }])
    const [first] = connection.asked as ReadonlyArray<ServerRequest>
    expect(first).toMatchObject({ path: "/chat/completions", body: { model: "judge-1b", temperature: 0, max_tokens: 16 } })
    expect(textOf(first!)).toContain("Prompt:\nIt is\n\nResponse A:\n good\n\nResponse B:\n bad\n")
  })

  test("ties pairs on which its answers differ with the order", async () => {
    const { compare } = await judgeOf(
      critic({ model: "m" }),
      fake(() => chat("A")),
    )
    expect(await compare(pairs)).toEqual(pairs.map(() => ({ outcome: 0.5, probability: 0.5, scores: null })))
  })

  test("has probabilities where the first token decides", async () => {
    const connection = fake(({ body }: ServerRequest) => {
      expect(body).toMatchObject({ logprobs: true, top_logprobs: 20 })
      const isGoodFirst = textOf({ path: "", body }).indexOf(" good") < textOf({ path: "", body }).indexOf(" bad")
      const top_logprobs = [
        { token: "A", logprob: Math.log(isGoodFirst ? 0.6 : 0.2) },
        { token: " B", logprob: Math.log(isGoodFirst ? 0.2 : 0.6) },
        { token: "The", logprob: Math.log(0.2) },
      ]
      return chat("The", { logprobs: { content: [{ token: "The", logprob: -1, top_logprobs }] } })
    })
    const { compare } = await judgeOf(critic({ model: "m", logprobs: true }), connection)
    const [verdict] = await compare(pairs)
    expect(verdict?.outcome).toBe(1)
    expect(verdict?.probability).toBeCloseTo(0.75)
  })

  test("goes on with a text where the server completes", async () => {
    const connection = fake(({ path, body }: ServerRequest) => {
      expect([path, body.messages, body.logprobs]).toEqual(["/completions", undefined, 5])
      expect(body.prompt).toMatch(/Answer:$/)
      return { choices: [{ text: " A", logprobs: { top_logprobs: [{ " A": -0.1, " B": -3 }] } }] }
    })
    const { compare } = await judgeOf(critic({ model: "m", api: "completions", logprobs: true }), connection)
    expect((await compare(pairs.slice(0, 1)))[0]).toMatchObject({ outcome: 0.5, probability: 0.5 })
  })

  test("asks by a template, choices and fields of your own", async () => {
    const connection = fake(() => chat("I prefer [[2]]"))
    const judge = critic({
      model: "m",
      system: "You are a judge.",
      template: "1: {first} 2: {second} {{x}}".replace("{{x}}", '{"answer": 1}'),
      choices: { first: "[[1]]", second: "[[2]]" },
      maxTokens: null,
      extraBody: { top_p: 0.5, model: "never" },
    })
    await (await judgeOf(judge, connection)).compare([{ prompt: "p", first: "{second}", second: "$&" }])
    expect(connection.asked[0]).toEqual({
      path: "/chat/completions",
      body: {
        top_p: 0.5,
        model: "m",
        temperature: 0,
        messages: [
          { role: "system", content: "You are a judge." },
          { role: "user", content: '1: {second} 2: $& {"answer": 1}' },
        ],
      },
    })
  })

  test("keeps no answer that it cannot read, and all others", async () => {
    const connection = fake((_, index) => chat(index === 1 ? "neither" : "A"))
    const { compare } = await judgeOf(critic({ model: "m" }), connection)
    await expect(compare(pairs)).rejects.toMatchObject({ tag: "UnreadableAnswer" })
    expect(connection.forgotten).toEqual([connection.asked[1]])
  })

  test.each(["neither", "A or B", "", "Both A and C"])("refuses the answer %j, or counts it as a tie", async (content) => {
    const error = {
      tag: "UnreadableAnswer",
      message: expect.stringMatching(/^m answered .*: expected one of "A", "B", "C", and not several/),
    }
    await expect(
      (
        await judgeOf(
          critic({ model: "m" }),
          fake(() => chat(content)),
        )
      ).compare(pairs),
    ).rejects.toMatchObject(error)
    const lenient = await judgeOf(
      critic({ model: "m", unreadable: "tie" }),
      fake(() => chat(content)),
    )
    expect(printed(() => printOmissions(lenient))).toEqual([])
    expect((await lenient.compare(pairs)).map(({ outcome }) => outcome)).toEqual([0.5, 0.5, 0.5])
    expect(printed(() => printOmissions(lenient, "the proxy"))).toEqual([
      "of 6 answers of the proxy, 6 name none of the choices, or several, and count as ties: ask m more plainly in the template, or give it more maxTokens",
    ])
  })

  test("says where an answer that it cannot read was cut", async () => {
    const { compare } = await judgeOf(
      critic({ model: "m" }),
      fake(() => chat("Let us compare", { finish_reason: "length" })),
    )
    await expect(compare(pairs)).rejects.toThrow("where its tokens ended")
  })

  test.each<Json>([{ error: "no" }, { choices: [] }, [], "A", null, { choices: [{}] }])(
    "refuses %j, which is not of the protocol",
    async (answer) => {
      const { compare } = await judgeOf(
        critic({ model: "m" }),
        fake(() => answer),
      )
      await expect(compare(pairs)).rejects.toMatchObject({ tag: "UnexpectedAnswer" })
    },
  )

  test("needs a connection", async () => {
    await expect(judgeOf(critic({ model: "m" }), undefined)).rejects.toMatchObject({ tag: "NoConnection" })
  })
})

describe("a chat judge is refused when it is declared", () => {
  test.each<[object, RegExp]>([
    [{ template: "{first} {second} {promt}" }, /\{promt\}/],
    [{ template: "{first}" }, /no \{second\}/],
    [{ choices: { first: "A", second: "A" } }, /differ/],
    [{ temperature: -1 }, /temperature/],
    [{ unreadable: "skip" }, /unreadable/],
    [{ model: "" }, /model/],
  ])("%j", (parameters, message) => {
    expect(() => critic({ model: "m", ...parameters })).toThrow(message)
  })
})

test("a choice is found as a word of its own, and only where no other is", () => {
  const choices = { first: "A", second: "B", tie: "A/B" }
  const found = ["A", "**B**.", "Answer: A", "A/B", "As Bad", "AB", "a", "A. No: B", "A A"].map((text) => findChoice(text, choices))
  expect(found).toEqual([1, 0, 1, 0.5, null, null, null, null, 1])
  expect(findChoice("[[2]] is 1", { first: "[[1]]", second: "[[2]]", tie: null })).toBe(0)
})

test("what the first token could have been is weighed among the choices alone", () => {
  const choices = { first: "A", second: "B", tie: "C" }
  expect(
    weighChoices(
      [
        ["A", Math.log(0.3)],
        [" C", Math.log(0.3)],
        ["x", Math.log(0.4)],
      ],
      choices,
    ),
  ).toBeCloseTo(0.75)
  expect(weighChoices([["x", -1]], choices)).toBe(null)
  expect(weighChoices([], choices)).toBe(null)
})
