import { expect, test } from "vitest"
import { DeclarationError, sweep } from "../../dsl/index.ts"

const points = (swept: { readonly points: ReadonlyArray<{ readonly at: object }> }) => swept.points.map(({ at }) => at)

test("a sweep visits the whole grid, the last axis fastest", () => {
  expect(points(sweep({ beta: [0.1, 0.5], seed: [1, 2] }, ({ beta, seed }) => [beta, seed]))).toEqual([
    { beta: 0.1, seed: 1 },
    { beta: 0.1, seed: 2 },
    { beta: 0.5, seed: 1 },
    { beta: 0.5, seed: 2 },
  ])
})

test("each point carries what the body returned there", () => {
  expect(sweep({ beta: [1, 2, 3] }, ({ beta }) => beta * 10).points.map(({ value }) => value)).toEqual([10, 20, 30])
})

test("an axis that the body never reads is refused, by name", () => {
  expect(() => sweep({ beta: [0.1], seed: [1, 2] }, ({ beta }) => beta)).toThrow(
    new DeclarationError({ message: 'sweep: the body never reads "seed"; use the axis in the body or remove it' }),
  )
})

test("an axis that is read at one point only has been read", () => {
  expect(points(sweep({ loss: ["ipo", "dpo"], beta: [1, 2] }, (at) => (at.loss === "ipo" ? at.beta : 0)))).toHaveLength(4)
})

test("an axis without values is refused", () => {
  expect(() => sweep({ beta: [] }, ({ beta }) => beta)).toThrow('sweep: axis "beta" has no values')
})

test("an axis with a value twice is refused", () => {
  expect(() => sweep({ seed: [1, 2, 1] }, ({ seed }) => seed)).toThrow('sweep: axis "seed" has the same value twice')
})
