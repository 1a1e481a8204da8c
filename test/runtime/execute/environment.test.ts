import { expect, test } from "vitest"
import { environmentOf } from "../../../runtime/execute/executor/environment.ts"

const given = { LD_LIBRARY_PATH: "/opt/libraries", CUDA_HOME: "/opt/cuda", API_KEY: "secret", OTHER: "1" }
const namesOf = (
  engine: boolean,
  declared: ReadonlyArray<string>,
  settings: { readonly engine: "onnx" | "tensorflow"; readonly device: "cpu" | "cuda" },
) => Object.keys(environmentOf({ trusted: false, engine, declared }, settings, [], given)).filter((name) => name in given)

test("a stage's process has of the user's variables those that are declared", () => {
  expect(namesOf(false, ["env:API_KEY", "network"], { engine: "onnx", device: "cpu" })).toEqual(["API_KEY"])
  expect(namesOf(true, [], { engine: "onnx", device: "cpu" })).toEqual([])
})

test("an engine of the system finds its libraries in every stage that computes tensors, also in a user's, and a user's other stages do not", () => {
  for (const settings of [
    { engine: "tensorflow", device: "cpu" },
    { engine: "onnx", device: "cuda" },
  ] as const) {
    expect(namesOf(true, [], settings)).toEqual(["LD_LIBRARY_PATH", "CUDA_HOME"])
    expect(namesOf(false, [], settings)).toEqual([])
    expect(environmentOf({ trusted: true, engine: false, declared: [] }, settings, [], given)).toMatchObject({ CUDA_HOME: "/opt/cuda" })
  }
})

test("a stage sees the GPUs that it was allocated, of those that this process was given", () => {
  const rights = { trusted: false, engine: false, declared: [] }
  const settings = { engine: "onnx", device: "cpu" } as const
  expect(environmentOf(rights, settings, [1, 3], {})).toMatchObject({ CUDA_VISIBLE_DEVICES: "1,3" })
  expect(environmentOf(rights, settings, [1], { CUDA_VISIBLE_DEVICES: "GPU-a, GPU-b" })).toMatchObject({ CUDA_VISIBLE_DEVICES: "GPU-b" })
  expect(environmentOf(rights, settings, [], { CUDA_VISIBLE_DEVICES: "GPU-a" })).not.toHaveProperty("CUDA_VISIBLE_DEVICES")
})
