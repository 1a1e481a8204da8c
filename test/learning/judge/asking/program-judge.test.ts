import { type Json, program, Schema } from "assay"
import { expect, test } from "vitest"
import { programJudge } from "../../../../learning/judge/scorers/program-judge.stage.ts"
import { fake, judgeOf } from "./judge.ts"

const connect = program({ run: ["python3", "reward.py"] })
const pairs = [{ prompt: "It is", first: " good", second: " bad" }]
interface Asked {
  readonly input: { readonly [key: string]: Json }
}

test("a program scores each response", async () => {
  const connection = fake(({ input }: Asked) => String(input.response).length)
  const { compare } = await judgeOf(programJudge({ name: "reward", connect })(), connection)
  expect(await compare(pairs)).toEqual([{ outcome: 1, probability: 1, scores: [5, 4] }])
  expect(connection.asked).toEqual([{ input: { prompt: "It is", response: " good" } }, { input: { prompt: "It is", response: " bad" } }])
})

test("a program compares two responses, in both orders, with its parameters", async () => {
  const connection = fake(({ input }: Asked) => (input.first === " good" ? 0.9 : 0.2))
  const judge = programJudge({ name: "compare", connect, compares: true, parameters: { depth: Schema.Int } })({ depth: 3 })
  const [verdict] = await (await judgeOf(judge, connection)).compare(pairs)
  expect(verdict).toMatchObject({ outcome: 1, scores: null })
  expect(verdict?.probability).toBeCloseTo(0.85)
  expect(connection.asked).toEqual([
    { input: { prompt: "It is", first: " good", second: " bad", parameters: { depth: 3 } } },
    { input: { prompt: "It is", first: " bad", second: " good", parameters: { depth: 3 } } },
  ])
})

test.each<Json>(["7", null, { score: 1 }, [1]])("a score %j is refused", async (answer) => {
  const { compare } = await judgeOf(
    programJudge({ name: "reward", connect })(),
    fake(() => answer),
  )
  await expect(compare(pairs)).rejects.toMatchObject({ tag: "ScorerAnswer", message: expect.stringContaining("expected a finite number") })
})

test.each<Json>([1.5, -0.1, "A", null, { outcome: 1 }])("a probability %j is refused", async (answer) => {
  const { compare } = await judgeOf(
    programJudge({ name: "reward", connect, compares: true })(),
    fake(() => answer),
  )
  await expect(compare(pairs)).rejects.toMatchObject({ tag: "UnexpectedAnswer" })
})
