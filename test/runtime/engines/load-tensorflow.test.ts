import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as os from "node:os"
import * as path from "node:path"
import util from "node:util"
import { expect, onTestFinished, test } from "vitest"
import { EngineError, loadTensorflow } from "../../../runtime/engines/load-tensorflow.ts"

const require = createRequire(import.meta.url)
const tfjs = require.resolve("@tensorflow/tfjs")

/** A package whose modules show what they were given; its native part is missing. */
const packageOf = (kernels: string): string => {
  const binding = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-binding-")))
  onTestFinished(() => fs.rmSync(binding, { recursive: true }))
  fs.mkdirSync(path.join(binding, "dist"))
  fs.writeFileSync(path.join(binding, "package.json"), '{ "name": "@tensorflow/tfjs-node" }')
  fs.writeFileSync(path.join(binding, "dist/register_all_kernels.js"), kernels)
  fs.writeFileSync(path.join(binding, "dist/nodejs_kernel_backend.js"), "exports.NodeJSKernelBackend = class {}")
  return binding
}

test("a binding gets the TensorFlow.js that runs, and its own packages from where it lies", () => {
  const binding = packageOf(`module.exports = [require("@tensorflow/tfjs"), require("@tensorflow/tfjs-core"), require("node:path").sep]`)
  expect(() => loadTensorflow({ binding, tfjs })).toThrow()
  const [whole, core, separator] = require(path.join(binding, "dist/register_all_kernels.js"))
  expect([whole === require(tfjs), core === require(tfjs), separator]).toEqual([true, true, path.sep])
  // What is loaded afterwards is resolved as ever.
  const other = path.join(binding, "other.cjs")
  fs.writeFileSync(other, 'require("@tensorflow/tfjs")')
  expect(() => require(other)).toThrow("Cannot find module '@tensorflow/tfjs'")
})

test("what does not load is named, with what to do", () => {
  const binding = packageOf("")
  const load = () => loadTensorflow({ binding, tfjs })
  expect(load).toThrow(EngineError)
  expect(load).toThrow(/^the TensorFlow in .* does not load: Cannot find module '.*tfjs_binding\.node'/)
  expect(load).toThrow('Run "assay doctor", or leave ASSAY_ENGINE unset')
})

test("functions that Node no longer has are there for it", () => {
  expect(() => loadTensorflow({ binding: packageOf(""), tfjs })).toThrow()
  const { isNullOrUndefined, isArray } = util as unknown as Record<string, (value: unknown) => boolean>
  expect([null, undefined, 0, ""].map((value) => isNullOrUndefined?.(value))).toEqual([true, true, false, false])
  expect(isArray?.([])).toBe(true)
})
