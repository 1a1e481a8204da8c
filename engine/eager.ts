import * as tf from "@tensorflow/tfjs"
import type { EngineName, EngineSetting } from "../dsl/engine-setting.ts"
import { EngineError } from "./error.ts"
import type { NamedTensors, Program, TensorFunction, TensorSpecs, Values } from "./program.ts"
import { inScope } from "./scope.ts"
import { checkDevice, loadTensorflow } from "./tensorflow.ts"
import { allocate, checkInputs, checkOutputs } from "./values.ts"
import { loadWasm } from "./wasm.ts"

/**
 * Runs the function on a TensorFlow.js backend, one operation at a time: slower, and the reference
 * for the traced program.
 */
export const eagerProgram = async (
  fn: TensorFunction,
  signature: TensorSpecs,
  engine: Exclude<EngineName, "onnx">,
  device: EngineSetting["device"],
): Promise<Program> => {
  const backend = await backends[engine](device)
  const evaluate = <T>(inputs: Readonly<Record<string, Values>>, use: (outputs: NamedTensors) => T): T => {
    // Synchronous for a backend that is ready; the promise only reports it.
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

/** Initialises a backend and returns its name. Optional packages are loaded only here. */
const backends: Readonly<Record<Exclude<EngineName, "onnx">, (device: EngineSetting["device"]) => Promise<string>>> = {
  cpu: () => initialise("cpu"),
  wasm: async () => {
    await loadWasm()
    return initialise("wasm")
  },
  tensorflow: async (device) => {
    await loadTensorflow()
    const name = await initialise("tensorflow")
    checkDevice(device)
    return name
  },
}

const initialise = async (name: string): Promise<string> => {
  if (!(await tf.setBackend(name)))
    throw new EngineError(`the TensorFlow.js backend ${name} cannot be initialised: choose another ASSAY_ENGINE`)
  await tf.ready()
  return name
}
