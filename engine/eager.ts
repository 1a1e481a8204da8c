import * as tf from "@tensorflow/tfjs"
import { EngineError } from "./error.ts"
import type { NamedTensors, Program, TensorFunction, TensorSpecs, Values } from "./program.ts"
import type { EngineName } from "./setting.ts"
import { allocate, checkInputs } from "./values.ts"

/** The same function on a TensorFlow.js backend, one operation at a time: slower, and the oracle for the traced one. */
export const eagerProgram = async (fn: TensorFunction, signature: TensorSpecs, engine: Exclude<EngineName, "onnx">): Promise<Program> => {
  const backend = await backends[engine]()
  const evaluate = <T>(inputs: Readonly<Record<string, Values>>, use: (outputs: NamedTensors) => T): T => {
    // Takes effect at once for a backend that is ready; the promise only reports it.
    void tf.setBackend(backend)
    tf.engine().startScope()
    try {
      const tensors = Object.entries(signature).map(
        ([name, { shape, dtype }]) => [name, tf.tensor(inputs[name] as Values, [...shape], dtype)] as const,
      )
      return use(fn(Object.fromEntries(tensors)))
    } finally {
      tf.engine().endScope()
    }
  }
  const zeros = Object.fromEntries(Object.entries(signature).map(([name, spec]) => [name, allocate(spec)]))
  const outputs = evaluate(zeros, (tensors) =>
    Object.fromEntries(Object.entries(tensors).map(([name, { shape, dtype }]) => [name, { shape, dtype: dtype as "float32" }])),
  )
  return {
    inputs: signature,
    outputs,
    run: async (inputs, into = {}) => {
      checkInputs(signature, inputs)
      return evaluate(inputs, (tensors) =>
        Object.fromEntries(
          Object.entries(tensors).map(([name, tensor]) => {
            const values = tensor.dataSync() as Values
            const target = into[name]
            target?.set(values)
            return [name, target ?? values]
          }),
        ),
      )
    },
  }
}

/** Each readies a backend and gives its name. Packages that may be absent are loaded only here. */
const backends: Readonly<Record<Exclude<EngineName, "onnx">, () => Promise<string>>> = {
  cpu: async () => ready("cpu"),
  wasm: async () => {
    const wasm = await import("@tensorflow/tfjs-backend-wasm")
    wasm.setWasmPaths(new URL(".", import.meta.resolve("@tensorflow/tfjs-backend-wasm")).href)
    return ready("wasm")
  },
  tensorflow: async () => {
    const [major = 0] = process.versions.node.split(".").map(Number)
    for (const name of ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]) {
      try {
        await import(name)
        return ready("tensorflow")
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") {
          throw new EngineError(
            `${name} does not load on Node ${major}: ${(error as Error).message}; use the default engine or a Node version that it supports`,
          )
        }
      }
    }
    throw new EngineError(
      "ASSAY_ENGINE=tensorflow needs @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node: install one beside Assay, or leave ASSAY_ENGINE unset",
    )
  },
}

const ready = async (name: string): Promise<string> => {
  if (!(await tf.setBackend(name))) throw new EngineError(`TensorFlow.js backend ${name} does not start`)
  await tf.ready()
  return name
}
