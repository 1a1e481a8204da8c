import type { Model } from "../onnx/model.ts"

/**
 * The most bytes that a graph's values take at one time, if each is freed after its last use: an
 * estimate of the memory to run it. `sizes` are the bytes of every value that a node outputs.
 */
export const peakBytes = ({ nodes, outputs }: Model, sizes: ReadonlyMap<string, number>): number => {
  const lastUse = new Map<string, number>()
  for (const [at, { inputs }] of nodes.entries()) for (const input of inputs) lastUse.set(input, at)
  for (const { name } of outputs) lastUse.set(name, nodes.length)
  let [live, peak] = [0, 0]
  for (const [at, { inputs, outputs: yielded }] of nodes.entries()) {
    for (const name of yielded) live += sizes.get(name) ?? 0
    peak = Math.max(peak, live)
    for (const name of new Set(inputs)) if (lastUse.get(name) === at) live -= sizes.get(name) ?? 0
  }
  return peak
}
