import type { Policy } from "../files.ts"
import { scaleOf } from "./lora.ts"
import { loraNames } from "./lora-names.ts"

/** The policy with its adapters added to its weights, and without them. */
export const merge = (policy: Policy): Policy => {
  const { configuration, parameters } = policy
  const { adapter, base } = configuration
  if (adapter === undefined || base === undefined) return policy
  const scale = scaleOf(adapter)
  const merged = new Map(
    adapter.maps.map((name) => {
      const weight = `${name}.weight`
      const [down, up] = loraNames(name).map((matrix) => parameters[matrix] as Float32Array) as [Float32Array, Float32Array]
      const product = multiply(up, down, adapter.rank)
      const columns = down.length / adapter.rank
      const isInOut = configuration.isInOut(weight)
      const original = parameters[weight] as Float32Array
      const rows = product.length / columns
      const sum = original.map((value, index) => {
        const place = isInOut ? (index % rows) * columns + Math.floor(index / rows) : index
        return value + scale * (product[place] as number)
      })
      return [weight, sum] as const
    }),
  )
  const names = Object.keys(base.shapes)
  return {
    ...policy,
    configuration: base,
    parameters: Object.fromEntries(names.map((name) => [name, merged.get(name) ?? (parameters[name] as Float32Array)])),
  }
}

/** `up` [out, rank] · `down` [rank, in] → [out, in], in double precision. */
const multiply = (up: Float32Array, down: Float32Array, rank: number): Float64Array => {
  const [rows, columns] = [up.length / rank, down.length / rank]
  const product = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let inner = 0; inner < rank; inner++) {
      const factor = up[row * rank + inner] as number
      for (let column = 0; column < columns; column++)
        product[row * columns + column] = (product[row * columns + column] as number) + factor * (down[inner * columns + column] as number)
    }
  }
  return product
}
