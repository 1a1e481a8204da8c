import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { engineFolder, installedTensorflow } from "../../../runtime/engines/installed.ts"
import { type EngineSettings, engineFolders, environmentOf } from "../../../runtime/execute/executor/environment.ts"
import { installedIn } from "../engines/installed-in.ts"

const assayRoot = path.resolve(import.meta.dirname, "../../..")

const settingsOf = (engine: EngineSettings["engine"], device: EngineSettings["device"], engines = "/nowhere"): EngineSettings => ({
  ...{ engine, device, engines, assayRoot, threads: 3 },
})

const given = { LD_LIBRARY_PATH: "/opt/libraries", CUDA_HOME: "/opt/cuda", API_KEY: "secret", OTHER: "1" }
const namesOf = (engine: boolean, declared: ReadonlyArray<string>, settings: EngineSettings) =>
  Object.keys(environmentOf({ trusted: false, engine, declared }, settings, [], given)).filter((name) => name in given)

test("a stage's process has of the user's variables those that are declared", () => {
  expect(namesOf(false, ["env:API_KEY", "network"], settingsOf("onnx", "cpu"))).toEqual(["API_KEY"])
  expect(namesOf(true, [], settingsOf("onnx", "cpu"))).toEqual([])
})

test("an engine of the system finds its libraries in every stage that computes tensors, also in a user's, and a user's other stages do not", () => {
  for (const settings of [settingsOf("tensorflow", "cpu"), settingsOf("onnx", "cuda")]) {
    expect(namesOf(true, [], settings)).toEqual(["LD_LIBRARY_PATH", "CUDA_HOME"])
    expect(namesOf(false, [], settings)).toEqual([])
    expect(environmentOf({ trusted: true, engine: false, declared: [] }, settings, [], given)).toMatchObject({ CUDA_HOME: "/opt/cuda" })
  }
})

const trusted = { trusted: true, engine: true, declared: [] }

test("TensorFlow is told threads, to be quiet, and to compute on the CPU unless a GPU is asked for", () => {
  const onCpu = environmentOf(trusted, settingsOf("tensorflow", "cpu"), [], {})
  expect(onCpu).toMatchObject({
    TF_NUM_INTRAOP_THREADS: "3",
    TF_NUM_INTEROP_THREADS: "3",
    TF_CPP_MIN_LOG_LEVEL: "2",
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    CUDA_VISIBLE_DEVICES: "",
  })
  expect(environmentOf(trusted, settingsOf("tensorflow", "cuda"), [], { CUDA_VISIBLE_DEVICES: "1" })).toMatchObject({
    CUDA_VISIBLE_DEVICES: "1",
  })
  const onnx = environmentOf(trusted, settingsOf("onnx", "cpu"), [], {})
  expect(Object.keys(onnx).filter((name) => name.startsWith("TF_"))).toEqual([])
})

test("a stage that computes tensors loads the engine that is installed for its device, and may read it", () => {
  const both = installedIn("tensorflow", "tensorflow-gpu", "cuda")
  const folderOf = (settings: EngineSettings) => installedTensorflow(settings, settings.device)?.folder
  expect(folderOf(settingsOf("tensorflow", "cpu", both))).toBe(engineFolder(both, "tensorflow"))
  expect(folderOf(settingsOf("tensorflow", "cuda", both))).toBe(engineFolder(both, "tensorflow-gpu"))
  expect(engineFolders({ engine: true }, settingsOf("tensorflow", "cpu", both))).toEqual([engineFolder(both, "tensorflow")])
  expect(engineFolders({ engine: false }, settingsOf("tensorflow", "cpu", both))).toEqual([])
  const gpu = installedIn("tensorflow-gpu")
  expect(folderOf(settingsOf("tensorflow", "cpu", gpu))).toBe(engineFolder(gpu, "tensorflow-gpu"))
  const cpu = installedIn("tensorflow")
  expect(folderOf(settingsOf("tensorflow", "cuda", cpu))).toBeUndefined()

  const library = path.join(engineFolder(both, "cuda"), "lib")
  expect(environmentOf(trusted, settingsOf("onnx", "cuda", both), [], {}).LD_LIBRARY_PATH).toBe(library)
  expect(environmentOf(trusted, settingsOf("onnx", "cuda", both), [], given).LD_LIBRARY_PATH).toBe(`${library}:/opt/libraries`)
  expect(environmentOf(trusted, settingsOf("onnx", "cpu", both), [], {})).not.toHaveProperty("LD_LIBRARY_PATH")
})

test("an engine that is not complete, or is for another version of what loads it, is not loaded", () => {
  const engines = installedIn("tensorflow")
  const settings = settingsOf("tensorflow", "cpu", engines)
  expect(installedTensorflow({ ...settings, assayRoot: engines }, "cpu")).toBeUndefined()
  fs.rmSync(path.join(engineFolder(engines, "tensorflow"), "engine.json"))
  expect(installedTensorflow(settings, "cpu")).toBeUndefined()
})

test("a stage sees the GPUs that it was allocated, of those that this process was given", () => {
  const rights = { trusted: false, engine: false, declared: [] }
  const settings = settingsOf("onnx", "cpu")
  expect(environmentOf(rights, settings, [1, 3], {})).toMatchObject({ CUDA_VISIBLE_DEVICES: "1,3" })
  expect(environmentOf(rights, settings, [1], { CUDA_VISIBLE_DEVICES: "GPU-a, GPU-b" })).toMatchObject({ CUDA_VISIBLE_DEVICES: "GPU-b" })
  expect(environmentOf(rights, settings, [], { CUDA_VISIBLE_DEVICES: "GPU-a" })).not.toHaveProperty("CUDA_VISIBLE_DEVICES")
})
