import type { TensorInfo } from "../backend.ts"
import { axesOf, input, type Kernels } from "../kernel.ts"
import { add, divide, multiply, subtract } from "./binary.ts"

/** Kernels that bring values to a common scale. */

export const normalisations: Kernels = {
  Softmax: ({ backend, inputs, attributes }) => {
    const logits = input(inputs, "logits")
    const [along = 0] = axesOf(attributes.dim, logits.shape.length)
    const value = backend.cast(backend.full(logits), "float32")
    return backend.tensor(backend.node("Softmax", [value], logits.shape, "float32", { attributes: { axis: { int: along } } }), logits.shape)
  },
  /** `tf.batchNorm`: (x − mean) / √(variance + epsilon) · scale + offset. */
  FusedBatchNorm: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { scale, offset } = inputs as Partial<Record<string, TensorInfo>>
    const variance = add(backend, backend.value(input(inputs, "variance")), backend.scalar(attributes.varianceEpsilon))
    const deviation = backend.node("Sqrt", [variance], variance.shape, "float32")
    const gain = divide(backend, scale === undefined ? backend.scalar(1) : backend.value(scale), deviation)
    const centred = subtract(backend, backend.value(x), backend.value(input(inputs, "mean")))
    const scaled = multiply(backend, centred, gain)
    return backend.tensor(offset === undefined ? scaled : add(backend, scaled, backend.value(offset)), x.shape)
  },
}
