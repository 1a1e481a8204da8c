import { StageError } from "assay"
import { decodeSafetensors } from "../../data/safetensors/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { parseFile, takeParameters } from "../policy/files.ts"
import { parameterShapes, type WeightsByName } from "../policy/parameters.ts"

const file = "model.safetensors"
const prefix = "transformer."
const head = "lm_head.weight"
const embedding = "transformer.wte.weight"

/** The causal mask, which old checkpoints store as if it were learned. */
const buffer = /^(transformer\.)?h\.\d+\.attn\.(bias|masked_bias)$/

/**
 * The parameters of a GPT-2 as `transformers` saves it: of the bare model, whose names lack
 * `transformer.`, or of the one with a head, whose weight, where it is there, must be the
 * embedding. Throws a StageError `UnsupportedPolicy` for an untied head for tensors that no GPT-2
 * of this shape has, and for weights that are NaN or infinite; `NotAPolicy` for bytes that are no
 * such file, or hold other numbers than 32-bit floats.
 */
export const gpt2Parameters = (bytes: Uint8Array, configuration: Configuration): WeightsByName => {
  const found = parseFile(file, () => decodeSafetensors(bytes, (name) => !buffer.test(name))).tensors
  const tensors = Object.fromEntries(
    Object.entries(found).map(([name, tensor]) => [name === head || name.startsWith(prefix) ? name : `${prefix}${name}`, tensor]),
  )
  const shapes = parameterShapes(configuration)
  const foreign = Object.keys(tensors).find((name) => name !== head && shapes[name] === undefined)
  if (foreign !== undefined) throw unsupported(foreign, "is not part of a GPT-2 of the shape that config.json gives")
  const parameters = takeParameters(tensors, shapes)
  for (const [name, values] of Object.entries(parameters)) checkFinite(name, values)
  const output = tensors[head]
  if (output !== undefined && !sameBits(output.data, parameters[embedding] as Float32Array))
    throw unsupported(head, `differs from ${embedding}: the output layer is not tied to the embedding`)
  return parameters
}

/**
 * With one NaN every log-probability is NaN, and a policy would be trained and sampled to the end
 * without a word.
 */
const checkFinite = (tensor: string, values: Float32Array): void => {
  const index = values.findIndex((value) => !Number.isFinite(value))
  if (index !== -1) throw unsupported(tensor, `holds ${values[index]} at index ${index}, and weights must be finite numbers`)
}

const sameBits = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(new Uint8Array(b.buffer, b.byteOffset, b.byteLength))

const unsupported = (tensor: string, problem: string): StageError =>
  new StageError("UnsupportedPolicy", `${file}: ${tensor} ${problem}`, { file, tensor })
