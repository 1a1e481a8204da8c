import { expect, test } from "vitest"
import { optionalListParam } from "../../../../ui/views/curves/address.ts"
import { chooseLines, chooseMetric, chooseXs } from "../../../../ui/views/curves/defaults.ts"
import { groupLines } from "../../../../ui/views/curves/lines.ts"
import { sourceOf } from "./source.ts"

const sources = [
  sourceOf("a", { seed: "1" }, { names: ["loss", "kl", "tokens"] }),
  sourceOf("a", { seed: "2" }, { names: ["loss", "kl", "tokens"] }),
  sourceOf("judge", {}, { names: ["accuracy"] }),
]

test("the metric is the one asked for, else the loss, else the most common one", () => {
  expect(chooseMetric(sources, "kl")).toBe("kl")
  expect(chooseMetric(sources, "not measured")).toBe("loss")
  expect(chooseMetric([sourceOf("j", {}, { names: ["b", "a"] }), sourceOf("k", {}, { names: ["b"] })], "")).toBe("b")
  expect(chooseMetric([], "loss")).toBe("")
})

test("a metric is drawn over steps, or over what the same stages measured", () => {
  expect(chooseXs(sources, "loss")).toEqual(["step", "kl", "tokens"])
  expect(chooseXs(sources, "accuracy")).toEqual(["step"])
})

test("without a choice the first lines are shown, and no more than can be told apart", () => {
  const many = groupLines(
    Array.from({ length: 60 }, (_, index) => sourceOf("a", { beta: String(index) })),
    "loss",
    "r1",
  )
  expect([...chooseLines(many, null)]).toEqual(many.slice(0, 24).map(({ key }) => key))
  expect(chooseLines(many, []).size).toBe(0)
  expect([...chooseLines(many, [many[40]?.key ?? ""])]).toEqual([many[40]?.key])
})

test("a choice of lines that do not exist here is none", () => {
  const lines = groupLines(sources, "loss", "r1")
  expect(chooseLines(lines, ["of another pipeline"]).size).toBe(1)
})

test("an address tells no choice from a choice of nothing", () => {
  for (const items of [null, [], ["a;beta;0.1", "b,c"], ["%2C"]])
    expect(optionalListParam.read(optionalListParam.write(items))).toEqual(items)
})
