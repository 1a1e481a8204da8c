import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { fileDigests } from "../../../runtime/disk/file-digest.ts"
import { installedTensorflow, tensorflowPlace } from "../../../runtime/engines/installed.ts"
import { engineIdentity } from "../../../runtime/fingerprint/engine.ts"
import type { SettingsShape } from "../../../runtime/settings.ts"
import { installedIn } from "../engines/installed-in.ts"

const assayRoot = path.resolve(import.meta.dirname, "../../..")

type Select = Pick<SettingsShape, "engine" | "device" | "threads" | "engines">
const identity = (select: Select) => engineIdentity({ assayRoot, ...select }, { digests: fileDigests(null) })

test("threads are part of the identity of TensorFlow, whose sums depend on them, and of no other engine", () => {
  for (const engine of ["onnx", "wasm", "cpu"] as const) {
    const on = (threads: number) => identity({ engine, device: "cpu", threads, engines: "/nowhere" })
    expect(on(1)).toEqual(on(2))
  }
  const on = (threads: number) => identity({ engine: "tensorflow", device: "cpu", threads, engines: "/nowhere" })
  expect(on(1)).not.toEqual(on(2))
})

test("an installed TensorFlow is identified by its version and by the bytes of its libraries, each once", () => {
  const engines = installedIn("tensorflow")
  const settings = { assayRoot, engines }
  const { binding } = tensorflowPlace(settings, installedTensorflow(settings, "cpu") as NonNullable<ReturnType<typeof installedTensorflow>>)
  const libraries = path.join(binding, "deps", "lib")
  fs.mkdirSync(libraries, { recursive: true })
  fs.writeFileSync(path.join(libraries, "libtensorflow_cc.so.2"), "one build")
  fs.symlinkSync("libtensorflow_cc.so.2", path.join(libraries, "libtensorflow.so"))
  const select = { engine: "tensorflow", device: "cpu", threads: 1, engines } as const
  const before = identity(select)
  expect(before).toMatchObject({
    tensorflow: { version: "2.12.0", libraries: [expect.stringMatching(/^libtensorflow_cc\.so\.2 [0-9a-f]{64}$/)] },
  })
  fs.writeFileSync(path.join(libraries, "libtensorflow_cc.so.2"), "another build")
  expect(identity(select)).not.toEqual(before)
})

test("on a GPU, the versions of NVIDIA's packages are part of the identity", () => {
  const engines = installedIn("cuda")
  expect(identity({ engine: "onnx", device: "cuda", threads: 1, engines })).toMatchObject({
    cuda: { "onnxruntime-gpu": "1.30.0", "nvidia-cublas": expect.any(String) },
  })
  expect(identity({ engine: "onnx", device: "cpu", threads: 1, engines })).not.toHaveProperty("cuda")
})
