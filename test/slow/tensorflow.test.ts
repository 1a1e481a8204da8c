import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { sayNotTested, tensorflow } from "../engine/tensorflow.ts"
import { startProcess } from "./toy.ts"

sayNotTested("the quickstart on ASSAY_ENGINE=tensorflow")

const assayRoot = path.resolve(import.meta.dirname, "../..")
const quickstart = path.join(assayRoot, "pipelines/quickstart.ts")

/** Of every stage only as much as makes it compute. */
const smaller = [
  ...["sft.steps=20", "sample.limit=60", "preference-model.steps=10", "evaluate.count=32"],
  ...["optimize.steps=4", "optimize.checkpoints=1", "optimize-online.steps=4", "optimize-online.checkpoints=1"],
].flatMap((setting) => ["--set", setting])

let folder: string
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-tensorflow-"))
  fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }')
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const assay = (given: ReadonlyArray<string>, threads = "2") => {
  const environment = { ASSAY_STORE: path.join(folder, "store"), ASSAY_ENGINE: "tensorflow", ASSAY_THREADS: threads }
  return startProcess(process.execPath, [path.join(assayRoot, "cli/assay.mjs"), ...given], folder, environment).ended
}

const events = (stdout: string): ReadonlyArray<{ readonly type: string; readonly [field: string]: unknown }> =>
  stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))

describe.skipIf(tensorflow === undefined)("on TensorFlow", () => {
  test("the quickstart runs to its end, prints nothing of TensorFlow's, and repeats to the bit", async () => {
    const { code, stdout, stderr } = await assay(["run", quickstart, "--json", ...smaller])
    expect(stderr).toBe("")
    expect(code).toBe(0)
    const printed = events(stdout).filter(({ type }) => type === "stage.output")
    expect(printed.filter(({ text }) => /tensorflow|oneDNN|cuda/i.test(String(text)))).toEqual([])
    expect(await assay(["verify", "--sample", "4"])).toMatchObject({ code: 0 })
  })

  test("the number of threads and the version of TensorFlow are part of its results' keys", async () => {
    const { stdout } = await assay(["why", "reference", "--json"], "1")
    expect(stdout).toContain('"engine.threads"')
    const results = fs.readdirSync(path.join(folder, "store", "results"), { recursive: true, encoding: "utf8" })
    const manifests = results
      .filter((name) => name.endsWith(".json"))
      .map((name) => fs.readFileSync(path.join(folder, "store", "results", name), "utf8"))
    expect(manifests.some((text) => text.includes(`"version":"${tensorflow?.version}"`) && text.includes("libtensorflow_cc.so.2 "))).toBe(
      true,
    )
  })

  test("doctor says that it works", async () => {
    const { stdout } = await assay(["doctor", "--json"])
    const { engines } = JSON.parse(stdout) as { readonly engines: ReadonlyArray<{ readonly engine: string; readonly works: boolean }> }
    const works = Object.fromEntries(engines.map(({ engine, works }) => [engine, works]))
    expect(works).toMatchObject({ onnx: true, tensorflow: true, wasm: true, cpu: true })
  })
})
