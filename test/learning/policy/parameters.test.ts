import { describe, expect, test } from "vitest"
import { gpt2 } from "../../../learning/policy/architecture/gpt2.ts"
import { initialParameters } from "../../../learning/policy/parameters.ts"

const configuration = gpt2({ vocabulary: 400, context: 20, width: 16, layers: 2, heads: 2 })
const { shapes } = configuration

test("names and shapes are those of GPT2LMHeadModel", () => {
  // As `{ name: list(p.shape) for name, p in GPT2LMHeadModel(config).named_parameters() }` prints
  // them in transformers.
  const block = {
    "ln_1.weight": [16],
    "ln_1.bias": [16],
    "attn.c_attn.weight": [16, 48],
    "attn.c_attn.bias": [48],
    "attn.c_proj.weight": [16, 16],
    "attn.c_proj.bias": [16],
    "ln_2.weight": [16],
    "ln_2.bias": [16],
    "mlp.c_fc.weight": [16, 64],
    "mlp.c_fc.bias": [64],
    "mlp.c_proj.weight": [64, 16],
    "mlp.c_proj.bias": [16],
  }
  const blocks = [0, 1].flatMap((layer) => Object.entries(block).map(([name, shape]) => [`transformer.h.${layer}.${name}`, shape]))
  expect(shapes).toEqual({
    "transformer.wte.weight": [400, 16],
    "transformer.wpe.weight": [20, 16],
    ...Object.fromEntries(blocks),
    "transformer.ln_f.weight": [16],
    "transformer.ln_f.bias": [16],
  })
})

describe("initial parameters", () => {
  const initial = initialParameters(shapes, configuration.layers, 7)

  test("depend on the seed, and on nothing else", () => {
    expect(initialParameters(shapes, configuration.layers, 7)).toEqual(initial)
    const other = initialParameters(shapes, configuration.layers, 8)
    for (const name of Object.keys(shapes).filter((each) => each.endsWith("weight") && !each.includes("ln_")))
      expect(other[name]).not.toEqual(initial[name])
  })

  test("are GPT-2's: weights of deviation 0.02, less into the residual stream; gains 1, biases 0", () => {
    const deviation = (values: Float32Array = new Float32Array()) =>
      Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)
    for (const [name, values] of Object.entries(initial)) {
      if (name.endsWith("bias")) expect(values.every((value) => value === 0)).toBe(true)
      else if (name.includes("ln_")) expect(values.every((value) => value === 1)).toBe(true)
      else expect(deviation(values) / (name.endsWith("c_proj.weight") ? 0.01 : 0.02)).toBeCloseTo(1, 0)
    }
    expect(deviation(initial["transformer.wte.weight"])).toBeCloseTo(0.02, 3)
  })

  test("of no two matrices are alike", () => {
    expect(initial["transformer.h.0.mlp.c_fc.weight"]).not.toEqual(initial["transformer.h.1.mlp.c_fc.weight"])
    expect([...(initial["transformer.wte.weight"] ?? [])].slice(0, 8)).not.toEqual(
      [...(initial["transformer.wpe.weight"] ?? [])].slice(0, 8),
    )
  })
})
