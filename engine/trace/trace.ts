import * as tf from "@tensorflow/tfjs"
import { TraceError } from "../error.ts"
import { encodeModel } from "../onnx/model.ts"
import type { Onnx } from "../onnx/session.ts"
import type { NamedTensors, TensorFunction, TensorSpecs } from "../program.ts"
import { inScope } from "../scope.ts"
import { TracingBackend } from "./backend.ts"
import { kernels } from "./families.ts"
import { peakBytes } from "./peak.ts"
import { refusalOf } from "./refusals.ts"

/** A function of tensors as an ONNX graph. */
export interface Traced {
  readonly onnx: Onnx
  readonly outputs: TensorSpecs
  readonly nodes: number
}

/**
 * The names of a program's inputs and outputs in its graph, distinct from each other and from other
 * values.
 */
export const inputName = (name: string): string => `in/${name}`
export const outputName = (name: string): string => `out/${name}`

const backend = new TracingBackend()

/**
 * The name of this module's backend in TensorFlow.js. Several stages, each with its own copy of the
 * engine, may share a process and its TensorFlow.js: each copy registers its own backend and
 * kernels.
 */
let registered: string | undefined

const register = (): string => {
  if (registered !== undefined) return registered
  let copy = 0
  while (tf.findBackend(`assay-trace-${copy}`) !== null) copy += 1
  const backendName = `assay-trace-${copy}`
  tf.registerBackend(backendName, () => backend, 0)
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        kernel({ name: kernelName, backend, inputs: inputs as never, attributes: (attrs ?? {}) as never }) as never,
    })
  }
  // A kernel that is missing here throws an error with its name and the caller's line.
  for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
    if (tf.getKernel(kernelName, backendName) !== undefined) continue
    const refuse = () => {
      throw new TraceError(kernelName, refusalOf(kernelName))
    }
    tf.registerKernel({ kernelName, backendName, kernelFunc: refuse })
  }
  registered = backendName
  return backendName
}

/** Tensors without values, each an input of the graph. */
const tracedInputs = (signature: TensorSpecs): NamedTensors =>
  Object.fromEntries(
    Object.entries(signature).map(([name, { shape, dtype }]) => {
      const { dataId } = backend.tensor(backend.graph.input(inputName(name), shape, dtype), shape, dtype)
      return [name, tf.engine().makeTensorFromDataId(dataId, [...shape], dtype)]
    }),
  )

const toTraced = (outputs: NamedTensors): Traced => {
  const specs = Object.entries(outputs).map(([name, tensor]) => {
    backend.graph.output(outputName(name), backend.full(tensor))
    return [name, { shape: tensor.shape, dtype: tensor.dtype as "float32" }] as const
  })
  const model = backend.graph.model()
  const onnx = { bytes: encodeModel(model), peakBytes: peakBytes(model, backend.graph.bytes) }
  return { onnx, outputs: Object.fromEntries(specs), nodes: model.nodes.length }
}

/**
 * Runs a function of tensors once, on tensors without values, and returns the graph of what it did.
 * Throws a TraceError if it reads a value or uses an operation without a kernel.
 */
export const trace = (fn: TensorFunction, signature: TensorSpecs): Traced => {
  const backendName = register()
  const before = tf.getBackend()
  // Synchronous for a backend that is ready; the promise only reports it.
  void tf.setBackend(backendName)
  backend.reset()
  try {
    return inScope(fn, () => tracedInputs(signature), toTraced)
  } finally {
    backend.reset()
    if (before !== undefined && before !== backendName) void tf.setBackend(before)
  }
}
