import { StageError } from "assay"
import { decodeSafetensors, type StoredTensor } from "../../data/safetensors/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { parseFile, takeParameters } from "../policy/files.ts"
import type { WeightsByName } from "../policy/parameters.ts"

/** What old checkpoints store as if it were learned: causal masks and the frequencies of RoPE. */
const buffer = /(^|\.)(attn|attention)\.(bias|masked_bias|rotary_emb\.inv_freq)$|(^|\.)rotary_emb\.inv_freq$/

/** The output layer of every family, where it is not the embedding. */
const heads = ["lm_head.weight", "embed_out.weight"]

/** A safetensors file of a checkpoint: the only one, or a shard. */
export interface WeightsFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * The parameters of a language model as `transformers` saves it: of the bare model, whose names
 * lack the first word, or of the one with an output layer, whose weight, where it is tied and
 * there, must be the embedding. Throws a StageError `UnsupportedPolicy` for an output layer that
 * `config.json` calls tied and is not, for tensors that no model of this shape has or two shards
 * have, and for weights that are NaN or infinite; `NotAPolicy` for bytes that are not safetensors.
 */
export const importedParameters = (files: ReadonlyArray<WeightsFile>, { shapes, output }: Configuration): WeightsByName => {
  const prefix = prefixOf(shapes)
  const tensors: Record<string, StoredTensor> = {}
  const fileOf: Record<string, string> = {}
  for (const { name: file, bytes } of files) {
    const found = parseFile(file, () => decodeSafetensors(bytes, (name) => shapes[name] !== undefined || !buffer.test(name))).tensors
    for (const [given, tensor] of Object.entries(found)) {
      const name = heads.includes(given) || given.startsWith(prefix) ? given : `${prefix}${given}`
      if (fileOf[name] !== undefined) throw unsupported(file, name, `is in ${fileOf[name]} too`)
      tensors[name] = tensor
      fileOf[name] = file
    }
  }
  const refused = (name: string, problem: string): StageError => unsupported(fileOf[name] ?? "model.safetensors", name, problem)
  const tiedHead = heads.find((name) => shapes[name] === undefined && tensors[name] !== undefined)
  const foreign = Object.keys(tensors).find((name) => name !== tiedHead && shapes[name] === undefined)
  if (foreign !== undefined) throw refused(foreign, "is not part of a model of the shape that config.json gives")
  const parameters = takeParameters(tensors, shapes)
  for (const [name, values] of Object.entries(parameters)) {
    // With one NaN every log-probability is NaN, and a policy would be trained and sampled to the
    // end without a word.
    const index = values.findIndex((value) => !Number.isFinite(value))
    if (index !== -1) throw refused(name, `holds ${values[index]} at index ${index}, and weights must be finite numbers`)
  }
  const own = tiedHead === undefined ? undefined : tensors[tiedHead]
  if (own !== undefined && !sameBits(own.data, parameters[output] as Float32Array))
    throw refused(tiedHead as string, `differs from ${output}, and config.json says that the output layer is tied to the embedding`)
  return parameters
}

/** The first word of the names of a family's body, with its point: "transformer.", "model.". */
const prefixOf = (shapes: Configuration["shapes"]): string => /^[^.]+\./.exec(Object.keys(shapes)[0] ?? "")?.[0] ?? ""

const sameBits = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(new Uint8Array(b.buffer, b.byteOffset, b.byteLength))

const unsupported = (file: string, tensor: string, problem: string): StageError =>
  new StageError("UnsupportedPolicy", `${file}: ${tensor} ${problem}`, { file, tensor })
