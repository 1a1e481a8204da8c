import { normals } from "../../engine/random/philox.ts"
import type { Configuration } from "./configuration.ts"

/**
 * Parameters by their names in Hugging Face's `GPT2LMHeadModel`; weights of projections are [in,
 * out] (Conv1D).
 */
export type WeightsByName = Readonly<Record<string, Float32Array>>

/** Shapes of parameters by their names. */
export type Shapes = Readonly<Record<string, ReadonlyArray<number>>>

/**
 * Shapes of all parameters, in the order of the forward pass. The output layer is the token
 * embedding, tied.
 */
export const parameterShapes = ({ vocabulary, context, width, layers }: Configuration): Shapes => {
  const shapes: Record<string, ReadonlyArray<number>> = {
    "transformer.wte.weight": [vocabulary, width],
    "transformer.wpe.weight": [context, width],
  }
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`
    shapes[`${block}.ln_1.weight`] = [width]
    shapes[`${block}.ln_1.bias`] = [width]
    shapes[`${block}.attn.c_attn.weight`] = [width, 3 * width]
    shapes[`${block}.attn.c_attn.bias`] = [3 * width]
    shapes[`${block}.attn.c_proj.weight`] = [width, width]
    shapes[`${block}.attn.c_proj.bias`] = [width]
    shapes[`${block}.ln_2.weight`] = [width]
    shapes[`${block}.ln_2.bias`] = [width]
    shapes[`${block}.mlp.c_fc.weight`] = [width, 4 * width]
    shapes[`${block}.mlp.c_fc.bias`] = [4 * width]
    shapes[`${block}.mlp.c_proj.weight`] = [4 * width, width]
    shapes[`${block}.mlp.c_proj.bias`] = [width]
  }
  shapes["transformer.ln_f.weight"] = [width]
  shapes["transformer.ln_f.bias"] = [width]
  return shapes
}

/**
 * Initial parameters as GPT-2 draws them: weights from N(0, 0.02²), those that write to the
 * residual stream scaled by 1/√(2·layers), biases 0, gains 1. Each parameter has a stream of random
 * numbers of its own.
 */
export const initialParameters = (shapes: Shapes, layers: number, seed: number): WeightsByName =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => {
      const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
      if (name.includes(".ln_")) return [name, name.endsWith("weight") ? values.fill(1) : values]
      if (name.endsWith("bias")) return [name, values]
      const deviation = name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2 * layers) : 0.02
      normals(seed, "initial parameters", index, values)
      return [name, values.map((value) => value * deviation)]
    }),
  )
