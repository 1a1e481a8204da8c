import { expect, test } from "vitest"
import type { Ancestor } from "../../../../serve/api.ts"
import { rowParam } from "../../../../ui/views/lineage/address.ts"
import { headlinesOf, scalarsOf } from "../../../../ui/views/lineage/cells.ts"
import { layersOf } from "../../../../ui/views/lineage/layers.ts"

const ancestor = (id: string | null, distance: number): Ancestor => ({
  digest: `${id} ${distance}`,
  artifact: "responses",
  id,
  file: id === null ? "prompts.parquet" : null,
  stage: id === null ? null : "sample",
  key: id === null ? null : "k",
  output: id === null ? null : "responses",
  distance,
  inputs: [],
})

test("layers are nearest first; in a layer stages are in order, and files from outside are last", () => {
  const layers = layersOf([ancestor("seed=10.a", 2), ancestor("b", 0), ancestor(null, 2), ancestor("seed=2.a", 2), ancestor("c", 1)])
  expect(layers.map(({ distance, ancestors }) => [distance, ancestors.map(({ id }) => id)])).toEqual([
    [0, ["b"]],
    [1, ["c"]],
    [2, ["seed=2.a", "seed=10.a", null]],
  ])
})

test("a row is known by its prompt and its answer, whatever the order of its columns", () => {
  const cells = { finish_reason: "stop", score: 0.5, tie: false, response: "yes", prompt: "is it?", opponent: "no" }
  expect(headlinesOf(cells).map(({ name }) => name)).toEqual(["prompt", "response"])
  expect(scalarsOf(cells)).toEqual([
    ["score", 0.5],
    ["tie", false],
  ])
})

test("a row of an unknown kind is known by its first texts", () => {
  expect(headlinesOf({ id: 3, title: "A", body: "B", author: "C", empty: "" }).map(({ name }) => name)).toEqual(["title", "body"])
  expect(headlinesOf({ id: 3 })).toEqual([])
})

test("an address has a row only if it is a whole number from 0", () => {
  expect(["0", "17", "-1", "1.5", "1e3", "", "x", null].map(rowParam.read)).toEqual([0, 17, null, null, null, null, null, null])
  expect(rowParam.write(0)).toBe("0")
})
