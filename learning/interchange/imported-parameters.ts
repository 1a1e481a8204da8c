import { StageError } from "assay"
import { type ByteSource, openSafetensors } from "../../data/safetensors/index.ts"
import { bodyPrefix } from "../policy/body.ts"
import type { Configuration } from "../policy/configuration.ts"
import { blameFile, checkShapes, type ReadParameter } from "../policy/files.ts"
import { isSameBits, type WeightsByName } from "../policy/parameters.ts"

/** What old checkpoints store as if it were learned: causal masks and the frequencies of RoPE. */
const buffer = /(^|\.)(attn|attention)\.(bias|masked_bias|rotary_emb\.inv_freq)$|(^|\.)rotary_emb\.inv_freq$/

/** The output layer of every family, where it is not the embedding. */
const heads = ["lm_head.weight", "embed_out.weight"]

/** A safetensors file of a checkpoint: the only one, or a shard. */
export interface WeightsFile {
  readonly name: string
  readonly content: ByteSource
}

/** A tensor of a checkpoint, which is on the disk until it is read. */
interface ImportedTensor {
  readonly file: string
  readonly shape: ReadonlyArray<number>
  readonly read: () => Promise<Float32Array>
}

/**
 * The parameters of a language model as `transformers` saves it, to be read one at a time: of the
 * bare model, whose names lack the first word, or of the one with an output layer, whose weight,
 * where it is tied and there, must be the embedding. Throws a StageError `UnsupportedPolicy` for an
 * output layer that `config.json` calls tied and is not, for tensors that no model of this shape
 * has or two shards have, and, when they are read, for weights that are NaN or infinite;
 * `NotAPolicy` for files that are not safetensors.
 */
export const importedParameters = async (
  files: ReadonlyArray<WeightsFile>,
  { shapes, output }: Pick<Configuration, "shapes" | "output">,
): Promise<ReadParameter> => {
  const tensors = await openTensors(files, shapes)
  const refused = (name: string, problem: string): StageError => unsupported(tensors[name]?.file ?? "model.safetensors", name, problem)
  const tiedHead = heads.find((name) => shapes[name] === undefined && tensors[name] !== undefined)
  const foreign = Object.keys(tensors).find((name) => name !== tiedHead && shapes[name] === undefined)
  if (foreign !== undefined) throw refused(foreign, "is not part of a model of the shape that config.json gives")
  checkShapes(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])), shapes)
  const read = async (name: string): Promise<Float32Array> => {
    const values = await (tensors[name] as ImportedTensor).read()
    // With one NaN every log-probability is NaN, and a policy would be trained and sampled to the
    // end without a word.
    const index = firstNotFinite(values)
    if (index !== -1) throw refused(name, `holds ${values[index]} at index ${index}, and weights must be finite numbers`)
    return values
  }
  if (tiedHead !== undefined && shapes[output] !== undefined && !isSameBits(await read(tiedHead), await read(output)))
    throw refused(tiedHead, `differs from ${output}, and config.json says that the output layer is tied to the embedding`)
  return read
}

/** All of them in memory. */
export const readAll = async (read: ReadParameter, { shapes }: Pick<Configuration, "shapes">): Promise<WeightsByName> => {
  const parameters: Record<string, Float32Array> = {}
  for (const name of Object.keys(shapes)) parameters[name] = await read(name)
  return parameters
}

/** The tensors of all files, by the names that the model has for them. */
const openTensors = async (
  files: ReadonlyArray<WeightsFile>,
  shapes: Configuration["shapes"],
): Promise<Readonly<Record<string, ImportedTensor>>> => {
  const prefix = bodyPrefix(shapes)
  const tensors: Record<string, ImportedTensor> = {}
  for (const { name: file, content } of files) {
    const opened = await blameFile(
      file,
      openSafetensors(content, (name) => shapes[name] !== undefined || !buffer.test(name)),
    )
    for (const [given, shape] of Object.entries(opened.shapes)) {
      const name = shapes[given] !== undefined || heads.includes(given) || given.startsWith(prefix) ? given : `${prefix}${given}`
      const other = tensors[name]
      if (other !== undefined) throw unsupported(file, name, `is in ${other.file} too`)
      tensors[name] = { file, shape, read: () => opened.read(given) }
    }
  }
  return tensors
}

/** A loop, because a call for each of a hundred million numbers takes five times as long. */
const firstNotFinite = (values: Float32Array): number => {
  for (let index = 0; index < values.length; index++) if (!Number.isFinite(values[index])) return index
  return -1
}

const unsupported = (file: string, tensor: string, problem: string): StageError =>
  new StageError("UnsupportedPolicy", `${file}: ${tensor} ${problem}`, { file, tensor })
