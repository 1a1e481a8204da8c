import type { Value } from "../graph.ts"
import { input, type Kernels } from "../kernel.ts"

/** Kernels of our own (see engine/fused/) that ONNX has as one operator, or as fewer than their definition takes. */

export const fused: Kernels = {
  LayerNormalization: ({ backend, inputs, attributes: { epsilon } }) => {
    const x = input(inputs)
    const rows = [x.shape[0] as number, 1]
    const outputs = [x.shape, rows, rows].map((shape) => ({ shape, type: "float32" as const }))
    const values = backend.graph.node(
      "LayerNormalization",
      [backend.full(x), backend.full(input(inputs, "gain")), backend.full(input(inputs, "bias"))],
      outputs,
      {
        attributes: { axis: { int: 1 }, epsilon: { float: epsilon } },
      },
    )
    return values.map((value) => backend.tensor(value, value.shape))
  },
  Gelu: ({ backend, inputs }) => {
    const x = input(inputs)
    const value = backend.full(x)
    return backend.tensor(
      backend.node("Gelu", [value], value.shape, "float32", { attributes: { approximate: { string: "tanh" } } }),
      x.shape,
    )
  },
  TokenLogProbability: ({ backend, inputs }) => {
    const logits = input(inputs, "logits")
    const rows = logits.shape[0] as number
    const all = backend.node("LogSoftmax", [backend.full(logits)], logits.shape, "float32", { attributes: { axis: { int: 1 } } })
    const column = backend.reshape(backend.full(input(inputs, "tokens")), [rows, 1])
    const picked = backend.node("GatherElements", [all, column], [rows, 1], "float32", { attributes: { axis: { int: 1 } } })
    return [backend.tensor(backend.reshape(picked, [rows]), [rows]), backend.tensor(all, logits.shape)]
  },
  TokenLogProbabilityGradient: ({ backend, inputs }) => {
    const all = input(inputs, "all")
    const rows = all.shape[0] as number
    const dy = backend.reshape(backend.full(input(inputs, "dy")), [rows, 1])
    const column = backend.reshape(backend.full(input(inputs, "tokens")), [rows, 1])
    const node = (operation: string, operands: ReadonlyArray<Value>): Value => backend.node(operation, operands, all.shape, "float32")
    const softmax = node("Exp", [backend.value(all)])
    const spread = node("Mul", [softmax, backend.node("Neg", [dy], [rows, 1], "float32")])
    const gradient = backend.node("ScatterElements", [spread, column, dy], all.shape, "float32", {
      attributes: { axis: { int: 1 }, reduction: { string: "add" } },
    })
    return backend.tensor(gradient, all.shape)
  },
}
