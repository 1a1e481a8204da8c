import * as ort from "onnxruntime-node"
import type { EngineSetting } from "../dsl/engine-setting.ts"
import { eagerProgram } from "./eager.ts"
import { EngineError } from "./error.ts"
import { sessions } from "./onnx/session.ts"
import type { Program, TensorFunction, TensorSpec, TensorSpecs, Values } from "./program.ts"
import { inputName, outputName, trace } from "./trace/trace.ts"
import { allocate, checkInputs, checkOutputs } from "./values.ts"

/**
 * Compiles a function of tensors, for inputs of exactly these shapes. On the `onnx` engine the
 * function runs once, while it is traced; on the others it runs eagerly at every call. Throws a
 * TraceError if the function cannot be traced, an EngineError if the engine is not available.
 */
export const compile = async (fn: TensorFunction, signature: TensorSpecs, setting: EngineSetting): Promise<Program> => {
  if (setting.engine !== "onnx") return eagerProgram(fn, signature, setting.engine, setting.device)
  const traced = trace(fn, signature)
  const key = sessions.key(traced.onnx, setting)
  // ONNX Runtime rejects an input that the function ignores.
  const used = await sessions.use(key, traced.onnx, setting, async ({ inputNames }) =>
    Object.keys(signature).filter((name) => inputNames.includes(inputName(name))),
  )
  return {
    inputs: signature,
    outputs: traced.outputs,
    run: async (inputs, into = {}) => {
      checkInputs(signature, inputs)
      checkOutputs(traced.outputs, into)
      const feeds = Object.fromEntries(
        used.map((name) => [inputName(name), tensorOf(inputs[name] as Values, signature[name] as TensorSpec)]),
      )
      const results = Object.entries(traced.outputs).map(([name, spec]) => [name, into[name] ?? allocate(spec)] as const)
      const fetches = Object.fromEntries(
        results.map(([name, values]) => [outputName(name), tensorOf(values, traced.outputs[name] as TensorSpec)]),
      )
      await sessions.use(key, traced.onnx, setting, (session) => session.run(feeds, fetches).catch(rejectInputs))
      return Object.fromEntries(results)
    },
  }
}

/** A compiled program fails only because of its inputs, such as an index out of range. */
const rejectInputs = (error: Error): never => {
  throw new EngineError(`the program cannot run on these inputs: ${error.message}`, { cause: error })
}

const tensorOf = (values: Values, { shape, dtype }: TensorSpec): ort.Tensor => new ort.Tensor(dtype, values as Float32Array, shape)
