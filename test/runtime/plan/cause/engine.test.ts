import { expect, test } from "vitest"
import { engineChanged } from "../../../../runtime/plan/cause/engine.ts"
import { comparisonOf } from "./comparison.ts"

const components = (before: Parameters<typeof comparisonOf>[0], after: Parameters<typeof comparisonOf>[1]) =>
  engineChanged(comparisonOf(before, after)).map(({ component }) => component)

test("another engine or device is a cause", () => {
  expect(components({ engine: { engine: "onnx", device: "cpu" } }, { engine: { engine: "wasm", device: "cpu" } })).toEqual([
    "engine.engine",
  ])
  expect(components({ engine: { engine: "onnx", device: "cpu" } }, { engine: { engine: "onnx", device: "cuda" } })).toEqual([
    "engine.device",
  ])
})

test("an engine's version is a cause unless the package of the same name is one", () => {
  const engine = (version: string) => ({ "onnxruntime-node": version })
  expect(components({ engine: engine("1") }, { engine: engine("2") })).toEqual(["engine.onnxruntime-node"])
  expect(components({ packages: engine("1"), engine: engine("1") }, { packages: engine("2"), engine: engine("2") })).toEqual([])
})
