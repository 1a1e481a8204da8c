import * as tf from "@tensorflow/tfjs"
import { EngineError } from "./error.ts"
import type { NamedTensors, Program, TensorFunction, TensorSpecs, Values } from "./program.ts"
import { inScope } from "./scope.ts"
import type { EngineName } from "./setting.ts"
import { allocate, checkInputs, checkOutputs } from "./values.ts"

/** The same function on a TensorFlow.js backend, one operation at a time: slower, and the oracle for the traced one. */
export const eagerProgram = async (fn: TensorFunction, signature: TensorSpecs, engine: Exclude<EngineName, "onnx">): Promise<Program> => {
  const backend = await backends[engine]()
  const evaluate = <T>(inputs: Readonly<Record<string, Values>>, use: (outputs: NamedTensors) => T): T => {
    // Takes effect at once for a backend that is ready; the promise only reports it.
    void tf.setBackend(backend)
    const tensors = () =>
      Object.entries(signature).map(([name, { shape, dtype }]) => [name, tf.tensor(inputs[name] as Values, [...shape], dtype)] as const)
    return inScope(fn, () => Object.fromEntries(tensors()), use)
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
      checkOutputs(outputs, into)
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
  cpu: () => ready("cpu"),
  wasm: async () => {
    await import("@tensorflow/tfjs-backend-wasm")
    return ready("wasm")
  },
  tensorflow: async () => {
    const installed =
      (await present(() => import("@tensorflow/tfjs-node-gpu" as string))) ||
      (await present(() => import("@tensorflow/tfjs-node" as string)))
    if (!installed) {
      throw new EngineError(
        "ASSAY_ENGINE=tensorflow needs @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node: install one beside Assay, or leave ASSAY_ENGINE unset",
      )
    }
    return ready("tensorflow")
  },
}

/** Whether a package is there. One that is there and does not load is an error of its own. */
const present = async (load: () => Promise<unknown>): Promise<boolean> => {
  try {
    await load()
    return true
  } catch (error) {
    if (["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"].includes((error as NodeJS.ErrnoException).code ?? "")) return false
    throw new EngineError(
      `TensorFlow's binding does not load on Node ${process.version}: ${(error as Error).message}. Use a Node version it supports, or leave ASSAY_ENGINE unset`,
    )
  }
}

const ready = async (name: string): Promise<string> => {
  if (!(await tf.setBackend(name))) throw new EngineError(`TensorFlow.js backend ${name} does not start`)
  await tf.ready()
  return name
}
