import * as fs from "node:fs"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { loadPipeline, resolveStage, Settings } from "../../../runtime/index.ts"
import { assayRoot, project, toyProject } from "../project.ts"

const failure = <E>(promise: Promise<unknown>): Promise<E> =>
  promise.then(
    () => {
      throw new Error("it succeeded")
    },
    (error: E) => error,
  )

const load = (text: string) => {
  const user = project({ "pipeline.ts": text })
  return failure<{ _tag: string; message: string }>(user.provided(loadPipeline(`${user.root}/pipeline.ts`)))
}

test("a pipeline file that does not exist is said not to", async () => {
  const error = await failure<{ _tag: string; message: string }>(project({}).run("absent.ts"))
  expect(error._tag).toBe("PipelineNotFound")
  expect(error.message).toMatch(/the pipeline file .*absent\.ts was not found/)
})

test("a pipeline that does not compile is pointed at by file, line and column", async () => {
  const error = await load("const one = 1\nexport default (")
  expect(error._tag).toBe("PipelineDoesNotCompile")
  expect(error.message).toMatch(/pipeline\.ts:2:17: /)
})

test("a package that is not installed is named with the line that imports it", async () => {
  const error = await load('import "no-such-package"\n')
  expect(error._tag).toBe("PipelineDoesNotCompile")
  expect(error.message).toMatch(/pipeline\.ts:1:8: .*no-such-package/)
})

test.each([
  ["export default 3", "its default export is not a pipeline"],
  ["export const other = 3", "it has no default export"],
  ["export default () => 3", "its default export is a function, not a pipeline"],
  ["export default Promise.resolve(3)", "its default export is a promise, not a pipeline"],
])("a file without a pipeline is told what it has instead, and what to write: %s", async (text, found) => {
  const error = await load(text)
  expect(error.message).toContain(found)
  expect(error._tag).toBe("NotAPipeline")
  expect(error.message).toContain("export default pipeline(")
})

test.each([
  ["exits", "process.exit(0)", /pipeline\.ts:1:9: process\.exit\(\) is called while the file is loaded/],
  ["exits and catches that", "try { process.exit(0) } catch {}\nexport default 1", /pipeline\.ts:1:15: process\.exit\(\) is called/],
  ["sets the exit code", "process.exitCode = 3", /pipeline\.ts: it sets process\.exitCode to 3/],
  ["aborts", "process.abort()", /pipeline\.ts:1:9: process\.abort\(\) is called/],
  ["kills its process", "process.kill(process.pid)", /pipeline\.ts:1:9: process\.kill\(\) of this process is called/],
  ["throws undefined", "throw undefined", /pipeline\.ts: it threw undefined: throw an Error/],
  ["throws null", "throw null", /pipeline\.ts: it threw null: throw an Error/],
  ["throws an object", "throw { code: 7 }", /pipeline\.ts: \{ code: 7 \}$/],
  ["throws a text", 'throw "no data"', /pipeline\.ts: no data$/],
  ["throws an error without a message", "throw new TypeError()", /pipeline\.ts:1:7: TypeError without a message/],
])("a pipeline file that %s is refused, and leaves the process as it was", async (_, text, message) => {
  const before = { exit: process.exit, kill: process.kill, exitCode: process.exitCode, listeners: process.listenerCount("SIGINT") }
  const error = await load(text)
  expect(error).toMatchObject({ _tag: "DeclarationFailed", message: expect.stringMatching(message) })
  expect({ exit: process.exit, kill: process.kill, exitCode: process.exitCode, listeners: process.listenerCount("SIGINT") }).toEqual(before)
})

test("a declaration that fails is pointed at in the user's own file", async () => {
  const error = await load(
    'import { pipeline, sweep } from "assay"\nexport default pipeline("p", () => {\n  return sweep({ seed: [1] }, () => 1)\n})',
  )
  expect(error._tag).toBe("DeclarationFailed")
  expect(error.message).toMatch(/pipeline\.ts:3:10: sweep: the body never reads "seed"/)
})

test("a stage whose module is missing, or exports no run, does not compile", async () => {
  const toy = toyProject()
  const undo = toy.edit("draw.ts", "export const run", "export const walk")
  const error = await failure<{ _tag: string; message: string }>(toy.plan())
  expect(error._tag).toBe("StageDoesNotCompile")
  expect(error.message).toMatch(/^stage draw: .*run/)
  undo()
  fs.rmSync(`${toy.root}/draw.ts`)
  expect((await failure<{ _tag: string }>(toy.plan()))._tag).toMatch(/DoesNotCompile/)
})

test("a file from outside that cannot be read is named", async () => {
  const toy = toyProject()
  fs.rmSync(`${toy.root}/note.txt`)
  const error = await failure<{ _tag: string; message: string }>(toy.run())
  expect(error._tag).toBe("InputFileMissing")
  expect(error.message).toMatch(/^file\("note\.txt"\) cannot be read: .*; its folder has .*pipeline\.ts/)
})

test.each(["note.txt/store", "/proc/assay"])(
  "a store that cannot be written (%s) is refused before anything is computed",
  async (store) => {
    const toy = toyProject({ environment: { ASSAY_STORE: store } })
    const error = await failure<{ _tag: string; message: string }>(toy.run())
    expect(error._tag).toBe("StoreNotWritable")
    expect(error.message).toContain("ASSAY_STORE")
  },
)

test("an unknown stage gets the nearest ids there are", async () => {
  const known = ["arms.beta=0.1.online", "arms.beta=0.1.offline", "reference"]
  const error = await failure<{ candidates: ReadonlyArray<string>; message: string }>(Effect.runPromise(resolveStage(known, "refrence")))
  expect(error.candidates).toEqual(["reference"])
  expect(error.message).toBe('stage "refrence" was not found: did you mean reference?')
  const part = await failure<{ candidates: ReadonlyArray<string> }>(Effect.runPromise(resolveStage(known, "online")))
  expect(part.candidates).toEqual(["arms.beta=0.1.online"])
})

test.each([
  ["ASSAY_ENGINE", "torch", "onnx, tensorflow, wasm, cpu"],
  ["ASSAY_DEVICE", "tpu", "cpu, cuda"],
  ["ASSAY_THREADS", "0", "whole number"],
])("a setting %s=%s is refused with the values there are", async (variable, value, hint) => {
  const layer = Settings.layer({ assayRoot, workingDirectory: assayRoot, environment: { [variable]: value } })
  const error = await failure<{ _tag: string; message: string }>(Effect.runPromise(Effect.provide(Effect.asVoid(Settings), layer)))
  expect(error._tag).toBe("BadSetting")
  expect(error.message).toContain(hint)
})
