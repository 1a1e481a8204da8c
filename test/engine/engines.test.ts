import { execFile } from "node:child_process"
import { promisify } from "node:util"
import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import {
  compile,
  type EngineSetting,
  gelu,
  layerNorm,
  layerNormLinear,
  type NamedTensors,
  type TensorSpecs,
  tokenLogProbability,
  type Values,
} from "../../engine/index.ts"
import { integers, normals } from "../../engine/random/philox.ts"
import { loadTensorflow, type Packages } from "../../engine/tensorflow.ts"

const setting = (engine: EngineSetting["engine"]): EngineSetting => ({ engine, device: "cpu", threads: 1 })

const [batch, length, width, vocabulary] = [3, 5, 8, 11] as const

const parameters = {
  embedding: { shape: [vocabulary, width], dtype: "float32" },
  gain: { shape: [width], dtype: "float32" },
  bias: { shape: [width], dtype: "float32" },
  mix: { shape: [width, 3 * width], dtype: "float32" },
  shift: { shape: [3 * width], dtype: "float32" },
} as const satisfies TensorSpecs
const tokens = { tokens: { shape: [batch, length], dtype: "int32" }, targets: { shape: [batch * length], dtype: "int32" } } as const
const signature: TensorSpecs = { ...parameters, ...tokens }

const values = Object.fromEntries(
  Object.entries(signature).map(([name, { shape, dtype }]): readonly [string, Values] => {
    const size = shape.reduce((product, axis) => product * axis, 1)
    return [name, dtype === "int32" ? integers(1, name, 0, vocabulary, new Int32Array(size)) : normals(1, name, 0, new Float32Array(size))]
  }),
)

/** A transformer of one layer and one head: log-probabilities, and gradients of their mean. */
const model = (inputs: NamedTensors): NamedTensors => {
  const forward = ({ embedding, gain, bias, mix, shift }: NamedTensors): tf.Tensor1D => {
    const [table, scale, offset] = [embedding as tf.Tensor2D, gain as tf.Tensor1D, bias as tf.Tensor1D]
    const states = tf.gather(table, tf.reshape(inputs.tokens as tf.Tensor, [-1]) as tf.Tensor1D)
    const projected = layerNormLinear(states, { gain: scale, bias: offset }, { weight: mix as tf.Tensor2D, bias: shift as tf.Tensor1D })
    const [queries, keys, content] = tf.split(tf.reshape(projected, [batch, length, 3 * width]), 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor]
    const mask = tf.sub(tf.linalg.bandPart(tf.ones([length, length]), -1, 0), 1)
    const weights = tf.softmax(tf.add(tf.matMul(queries, keys, false, true), tf.mul(mask, 1e9)))
    const mixed = tf.add(states, gelu(tf.reshape(tf.matMul(weights, content), [-1, width]))) as tf.Tensor2D
    return tokenLogProbability(layerNorm(mixed, { gain: scale, bias: offset }), table, inputs.targets as tf.Tensor1D)
  }
  const names = Object.keys(parameters)
  const { value, grads } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) =>
    tf.mean(forward(Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor])))),
  )(names.map((name) => inputs[name] as tf.Tensor))
  return { value, logp: forward(inputs), ...Object.fromEntries(names.map((name, index) => [`d ${name}`, grads[index] as tf.Tensor])) }
}

describe("a program answers the same on every engine", async () => {
  const reference = await compile(model, signature, setting("onnx"))
  const expected = await reference.run(values)

  test.each(["wasm", "cpu"] as const)("%s", async (engine) => {
    const program = await compile(model, signature, setting(engine))
    expect(program.outputs).toEqual(reference.outputs)
    const actual = await program.run(values)
    for (const [name, output] of Object.entries(expected)) {
      for (const [index, value] of output.entries()) expect(actual[name]?.[index], `${name}[${index}]`).toBeCloseTo(value, 4)
    }
  })

  test("and engines may take turns", async () => {
    const [wasm, cpu] = await Promise.all([compile(model, signature, setting("wasm")), compile(model, signature, setting("cpu"))])
    const before = tf.memory().numTensors
    for (const program of [wasm, reference, cpu, wasm]) {
      const { value } = await program.run(values)
      expect(value?.[0]).toBeCloseTo(expected.value?.[0] as number, 4)
    }
    expect(tf.memory().numTensors).toBe(before)
  })
})

test("a program of constants, and one that ignores an input, run", async () => {
  for (const engine of ["onnx", "cpu"] as const) {
    const program = await compile(
      ({ x }) => ({ ones: tf.ones([2, 2]), none: tf.zeros([0, 3]), same: x as tf.Tensor, again: x as tf.Tensor }),
      { x: { shape: [], dtype: "int32" }, unused: { shape: [4], dtype: "float32" } },
      setting(engine),
    )
    const outputs = await program.run({ x: Int32Array.of(7), unused: new Float32Array(4) })
    const sevens = { same: Int32Array.of(7), again: Int32Array.of(7) }
    expect(outputs).toEqual({ ones: Float32Array.of(1, 1, 1, 1), none: new Float32Array(0), ...sevens })
  }
})

describe("the tensorflow engine", () => {
  const missing = (name: string) => async () => {
    throw Object.assign(new Error(`Cannot find package '${name}' imported from here`), { code: "ERR_MODULE_NOT_FOUND" })
  }
  const gpu = ["@tensorflow/tfjs-node-gpu", missing("@tensorflow/tfjs-node-gpu")] as const
  const version = { "tfjs-core": tf.version_core }

  // In a process of its own: Vitest answers for packages that are optional.
  test("says what to install where nothing is", async () => {
    const script = `
      import { compile } from "./engine/index.ts"
      const setting = { engine: "tensorflow", device: "cpu", threads: 1 }
      compile(({ x }) => ({ x }), { x: { shape: [], dtype: "int32" } }, setting).catch(({ name, message }) => console.log(name, message))`
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script])
    expect(stdout).toContain(
      'EngineError ASSAY_ENGINE=tensorflow expects TensorFlow, found none: run "assay engine install tensorflow", or leave ASSAY_ENGINE unset',
    )
  })

  test("takes the package that is there, and needs no other", async () => {
    const loaded: Array<string> = []
    const present = (name: string) =>
      [
        name,
        async () => {
          loaded.push(name)
          return { version }
        },
      ] as const
    await loadTensorflow([gpu, present("@tensorflow/tfjs-node")])
    await loadTensorflow([present("@tensorflow/tfjs-node-gpu"), present("@tensorflow/tfjs-node")])
    expect(loaded).toEqual(["@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"])
  })

  test.each([
    [
      "that does not load on this Node",
      async () => {
        throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found")
      },
      `@tensorflow/tfjs-node does not load on this version of Node: The Node.js native addon module (tfjs_binding.node) can not be found. Use a Node version that it supports, or leave ASSAY_ENGINE unset`,
    ],
    ["that lacks a package of its own", missing("long"), "@tensorflow/tfjs-node does not load on this version of Node"],
    [
      "of another version",
      async () => ({ default: { version: { "tfjs-core": "3.21.0" } } }),
      `@tensorflow/tfjs-node is for TensorFlow.js 3.21.0, and this is ${tf.version_core}: install @tensorflow/tfjs-node@${tf.version_core}`,
    ],
  ])("refuses a package %s", async (_, load, message) => {
    const packages: Packages = [gpu, ["@tensorflow/tfjs-node", load]]
    await expect(loadTensorflow(packages)).rejects.toMatchObject({ name: "EngineError", message: expect.stringContaining(message) })
  })
})

test("a CUDA device that is not there is refused with what to do", async () => {
  const cuda = { engine: "onnx", device: "cuda", threads: 1 } as const
  await expect(compile(model, signature, cuda)).rejects.toMatchObject({
    name: "EngineError",
    message: expect.stringMatching(/^ASSAY_DEVICE=cuda: .*leave ASSAY_DEVICE unset$/),
  })
})
