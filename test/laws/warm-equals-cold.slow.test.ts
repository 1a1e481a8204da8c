import { expect, test } from "vitest"
import { digestsOf, toyProject } from "../runtime/project.ts"

const outcomes = (stages: ReadonlyArray<{ readonly outcome: string }>) => [...new Set(stages.map(({ outcome }) => outcome))]

test("a cached run yields the artifacts of a run from scratch, bit for bit, in another folder and another process", async () => {
  const one = toyProject()
  const cold = await one.run()
  const warm = await one.run()
  expect(outcomes(cold.stages)).toEqual(["finished"])
  expect(outcomes(warm.stages)).toEqual(["cached"])
  expect(await digestsOf(one, warm)).toEqual(await digestsOf(one, cold))

  const other = toyProject({ pool: true })
  const elsewhere = await other.run()
  expect(outcomes(elsewhere.stages)).toEqual(["finished"])
  expect(await digestsOf(other, elsewhere)).toEqual(await digestsOf(one, cold))
  expect(elsewhere.stages.map(({ key }) => key)).toEqual(cold.stages.map(({ key }) => key))
})

test("what was computed after an edit and its undoing is what was there before", async () => {
  const toy = toyProject()
  const before = await toy.run()
  const undo = toy.edit("arithmetic/offset.ts", "5", "6")
  const edited = await toy.run()
  expect(await digestsOf(toy, edited)).not.toEqual(await digestsOf(toy, before))
  undo()
  const after = await toy.run()
  expect(outcomes(after.stages)).toEqual(["cached"])
  expect(await digestsOf(toy, after)).toEqual(await digestsOf(toy, before))
})
