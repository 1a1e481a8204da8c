import type * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import { compile, type EngineSetting, type NamedTensors } from "../../../engine/index.ts"
import { integers } from "../../../engine/random/philox.ts"
import { gpt2 } from "../../../learning/policy/architecture/gpt2.ts"
import { parameterSpecs } from "../../../learning/policy/specs.ts"
import { rectangleLogits } from "../support/rectangle.ts"
import { oneThread } from "../support/stage.ts"
import { wildParameters } from "../support/toy.ts"

const configuration = gpt2({ vocabulary: 31, context: 12, width: 16, layers: 2, heads: 4 })
const parameters = wildParameters(configuration, 1)
const batch = 3
const length = 12

const whole = ({ tokens, ...rest }: NamedTensors): NamedTensors => ({
  scores: rectangleLogits(configuration, rest, tokens as tf.Tensor2D),
})

const run = async (fn: typeof whole, tokens: Int32Array, engine: EngineSetting = oneThread): Promise<Float32Array> => {
  const signature = { tokens: { shape: [batch, length], dtype: "int32" }, ...parameterSpecs(configuration) } as const
  const program = await compile(fn, signature, engine)
  return (await program.run({ tokens, ...parameters })).scores as Float32Array
}

const drawn = integers(1, "tokens", 0, configuration.vocabulary, new Int32Array(batch * length))
const scoresAt = (scores: Float32Array, row: number, position: number) =>
  scores.subarray((row * length + position) * configuration.vocabulary, (row * length + position + 1) * configuration.vocabulary)

const distance = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0)

describe("the forward pass", () => {
  test("is the same traced and eager", async () => {
    const traced = await run(whole, drawn)
    expect(distance(traced, await run(whole, drawn, { ...oneThread, engine: "cpu" }))).toBeLessThan(1e-4)
    // Scores that differ by nothing would agree however they are computed.
    expect(Math.max(...traced) - Math.min(...traced)).toBeGreaterThan(2)
  })

  test("agrees with GPT-2 written out in plain numbers", async () => {
    const scores = await run(whole, drawn)
    const expected = plainLogits([...drawn.subarray(0, length)])
    for (const [position, row] of expected.entries()) expect(distance(scoresAt(scores, 0, position), row)).toBeLessThan(1e-4)
  })

  test("does not look ahead, and not into other rows", async () => {
    const scores = await run(whole, drawn)
    const changed = drawn.slice()
    changed[length + 7] = ((changed[length + 7] as number) + 1) % configuration.vocabulary
    const after = await run(whole, changed)
    const moved = (row: number, position: number) => distance(scoresAt(scores, row, position), scoresAt(after, row, position))
    for (let position = 0; position < length; position++) {
      expect(moved(0, position)).toBe(0)
      expect(moved(2, position)).toBe(0)
      if (position < 7) expect(moved(1, position)).toBe(0)
      else expect(moved(1, position)).toBeGreaterThan(1e-3)
    }
  })
})

/** Logits of one sequence at every position, one loop after the other, in double precision. */
const plainLogits = (tokens: ReadonlyArray<number>): ReadonlyArray<Float32Array> => {
  const { width, layers, heads, vocabulary } = configuration
  const of = (name: string) => parameters[`transformer.${name}`] as Float32Array
  const at = (name: string, row: number) => [...of(name).subarray(row * width, (row + 1) * width)]
  const sum = (values: ReadonlyArray<number>) => values.reduce((total, value) => total + value, 0)
  const add = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) => a.map((value, index) => value + (b[index] as number))
  const norm = (x: ReadonlyArray<number>, name: string) => {
    const mean = sum(x) / x.length
    const variance = sum(x.map((value) => (value - mean) ** 2)) / x.length
    return x.map(
      (value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * (of(`${name}.weight`)[i] as number) + (of(`${name}.bias`)[i] as number),
    )
  }
  const linear = (x: ReadonlyArray<number>, name: string) =>
    Array.from(
      of(`${name}.bias`),
      (bias, out) => bias + sum(x.map((value, i) => value * (of(`${name}.weight`)[i * of(`${name}.bias`).length + out] as number))),
    )
  const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
  let states = tokens.map((token, position) => add(at("wte.weight", token), at("wpe.weight", position)))
  for (let layer = 0; layer < layers; layer++) {
    const projected = states.map((x) => linear(norm(x, `h.${layer}.ln_1`), `h.${layer}.attn.c_attn`))
    const size = width / heads
    const part = (position: number, which: number, head: number) =>
      (projected[position] as Array<number>).slice(which * width + head * size, which * width + (head + 1) * size)
    const mixed = states.map((_, position) =>
      Array.from({ length: heads }, (_, head) => {
        const weights = Array.from({ length: position + 1 }, (_, earlier) =>
          Math.exp(sum(part(position, 0, head).map((q, i) => q * (part(earlier, 1, head)[i] as number))) / Math.sqrt(size)),
        )
        return Array.from(
          { length: size },
          (_, i) => sum(weights.map((weight, earlier) => weight * (part(earlier, 2, head)[i] as number))) / sum(weights),
        )
      }).flat(),
    )
    states = states.map((x, position) => add(x, linear(mixed[position] as Array<number>, `h.${layer}.attn.c_proj`)))
    states = states.map((x) => add(x, linear(linear(norm(x, `h.${layer}.ln_2`), `h.${layer}.mlp.c_fc`).map(gelu), `h.${layer}.mlp.c_proj`)))
  }
  return states.map((x) => {
    const last = norm(x, "ln_f")
    return Float32Array.from({ length: vocabulary }, (_, token) =>
      sum(at("wte.weight", token).map((value, i) => value * (last[i] as number))),
    )
  })
}
