import { expect, test } from "vitest"
import { nearest } from "../../data/nearest.ts"

test("names that hold the wanted one come first, the shortest of them first", () => {
  expect(nearest(["arms.seed=1.online", "online", "offline"], "online")).toEqual(["online", "arms.seed=1.online", "offline"])
})

test("letters that are missing, added or exchanged are forgiven, a third of them at most", () => {
  expect(nearest(["evaluation", "sft", "label"], "evalution")).toEqual(["evaluation"])
  expect(nearest(["evaluation", "sft", "label"], "pipeline")).toEqual([])
  expect(nearest(["draw"], "drow")).toEqual(["draw"])
})

test("no more than three names are given, and equally near ones in the order of the alphabet", () => {
  expect(nearest(["d1", "c1", "b1", "a1"], "x1")).toEqual(["a1", "b1", "c1"])
})
