import { expect, test } from "vitest"
import { fileAt, placeOf } from "../../../runtime/cluster/place.ts"
import { type Capability, type Requirement, refusalOf, requirementDigest } from "../../../runtime/cluster/requirement.ts"

const wanted: Requirement = {
  format: 1,
  assay: "0.1.0",
  engine: { engine: "onnx", device: "cpu" },
  packages: [{ place: "project:node_modules/lodash", name: "lodash", version: "4.17.21", digest: "a" }],
  threads: 4,
  memory: 4e9,
  gpus: 1,
  labels: ["big-disk"],
}

const machine: Capability = {
  assay: "0.1.0",
  engine: { device: "cpu", engine: "onnx" },
  threads: 1,
  memory: 8e9,
  gpus: 2,
  labels: ["big-disk", "lab-3"],
  installed: () => ({ version: "4.17.21", digest: "a" }),
}

test("a machine that has all that is wanted takes the stages, with fewer threads too", () => {
  expect(refusalOf(wanted, machine)).toBeNull()
})

test.each([
  [{ assay: "0.2.0" }, "it has Assay 0.2.0, and 0.1.0 is wanted"],
  [{ labels: ["lab-3"] }, "it is not labelled big-disk"],
  [{ gpus: 0 }, "it has 0 GPUs, and 1 are wanted"],
  [{ memory: 2e9 }, "it has 2.00 GB of memory, and 4.00 GB are wanted"],
  [
    { engine: { engine: "onnx", device: "cuda" } },
    'its engine is {"device":"cuda","engine":"onnx"}, and {"device":"cpu","engine":"onnx"} is wanted',
  ],
  [{ installed: () => null }, "it has no lodash, and 4.17.21 is wanted"],
  [{ installed: () => ({ version: "4.17.20", digest: "b" }) }, "it has lodash 4.17.20, and 4.17.21 is wanted"],
  [{ installed: () => ({ version: "4.17.21", digest: "b" }) }, "its lodash 4.17.21 holds other files than the one that is wanted"],
])("a machine with %j refuses, and says why", (differs, reason) => {
  expect(refusalOf(wanted, { ...machine, ...differs } as Capability)).toBe(reason)
})

test("stages that compute no tensors run beside any engine", () => {
  expect(refusalOf({ ...wanted, engine: null }, { ...machine, engine: { engine: "wasm", device: "cpu" } })).toBeNull()
})

test("the digest of a requirement depends on what it says, and not on the order of its fields", () => {
  const { labels, ...rest } = wanted
  expect(requirementDigest({ labels, ...rest })).toBe(requirementDigest(wanted))
  expect(requirementDigest({ ...wanted, gpus: 2 })).not.toBe(requirementDigest(wanted))
})

test("a place means the same below another root, and what lies above the project keeps its way", () => {
  const here = { assayRoot: "/home/a/project/node_modules/assay", projectRoot: "/home/a/project" }
  const there = { assayRoot: "/srv/assay", projectRoot: "/srv/work" }
  const moved = (file: string) => fileAt(placeOf(file, here), there)
  expect(moved("/home/a/project/node_modules/lodash")).toBe("/srv/work/node_modules/lodash")
  expect(moved("/home/a/project/node_modules/assay/learning/stages.ts")).toBe("/srv/assay/learning/stages.ts")
  expect(moved("/home/a/node_modules/hoisted")).toBe("/srv/node_modules/hoisted")
})
