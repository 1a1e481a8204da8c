import { type FilesInput, type FilesOutput, type NewContent, StageError } from "assay"
import { TensorError } from "../../data/error.ts"
import { decodeSafetensors, encodeInPieces, openSafetensors } from "../../data/safetensors/index.ts"
import type { TokenizerFiles } from "../tokenizer/format.ts"
import { loadTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts"
import { adapterConfigFile, readAdapter, readAdapterWeights, writeAdapter } from "./adapter/adapter-files.ts"
import { adapt, baseShapes } from "./adapter/lora.ts"
import type { ConfigFile } from "./architecture/config-file.ts"
import { readAnyConfiguration } from "./architecture/read.ts"
import type { Configuration, Shapes } from "./configuration.ts"
import { isSameBits, type WeightsByName } from "./parameters.ts"

/** A policy in memory. */
export interface Policy {
  readonly configuration: Configuration
  readonly parameters: WeightsByName
  readonly tokenizer: Tokenizer
  readonly tokenizerFiles: TokenizerFiles
}

/** As much of an input as reading it takes. */
type Folder = Pick<FilesInput, "names" | "read" | "plugin">

const weights = "model.safetensors"
const checkpointPattern = /^checkpoint-(\d+)\/(model|adapter_model)\.safetensors$/

/**
 * Reads a policy's files, with its adapters where it has some. Parameters that equal those of
 * `other`, which are in memory already, are the same arrays. Throws a StageError `NotAPolicy` where
 * a file or a tensor is missing, damaged or of the wrong shape.
 */
export const readPolicy = async (input: FilesInput, other: WeightsByName = {}): Promise<Policy> => {
  const described = await readDescription(input)
  const { configuration: base } = described
  const parameters = await readParameters(input, weights, base.shapes, other)
  if (!input.names.includes(adapterConfigFile)) return { ...described, parameters }
  const adapter = await readAdapter(input, base)
  const adapted = { ...parameters, ...(await readAdapterWeights(input, adapter)) }
  return { ...described, configuration: adapt(base, adapter), parameters: adapted }
}

/** What the checkpoints of a run have in common. */
export interface CheckpointedRun extends Omit<Policy, "parameters"> {
  /** Steps at which the run kept its policy. */
  readonly steps: ReadonlyArray<number>
  /** The parameters that it did not train: those under its adapters, where it has some. */
  readonly frozen: WeightsByName
}

/** A run's checkpoints, but for what was trained. Throws as `readPolicy` does. */
export const readCheckpoints = async (input: FilesInput): Promise<CheckpointedRun> => {
  const all = input.names.flatMap((name) => checkpointPattern.exec(name)?.[1] ?? [])
  const steps = all.map(Number).sort((a, b) => a - b)
  const described = await readDescription(input)
  const first = `checkpoint-${steps[0]}`
  if (!input.names.includes(`${first}/${adapterConfigFile}`)) return { ...described, steps, frozen: {} }
  const { configuration: base } = described
  const adapter = await readAdapter(input.within(first), base)
  const frozen = await readParameters(input, weights, base.shapes)
  return { ...described, configuration: adapt(base, adapter), steps, frozen }
}

/**
 * The weights of one of a run's checkpoints. Throws a StageError `NotAPolicy` where there is none
 * at that step, or a tensor is missing or of the wrong shape.
 */
export const readCheckpoint = async (
  input: FilesInput,
  { configuration, frozen }: Pick<CheckpointedRun, "configuration" | "frozen">,
  step: number,
): Promise<WeightsByName> => {
  const { adapter, shapes } = configuration
  if (adapter === undefined) return readParameters(input, `checkpoint-${step}/${weights}`, shapes)
  return { ...frozen, ...(await readAdapterWeights(input.within(`checkpoint-${step}`), adapter)) }
}

/**
 * Writes a policy as `transformers` reads it, with its adapters, where it has some, as PEFT does.
 */
export const writePolicy = async (output: FilesOutput, policy: Policy): Promise<void> => {
  await writePolicyFrom(output, policy, (name) => policy.parameters[name] as Float32Array)
  await writeAdapter(output, policy.configuration, policy.parameters)
}

/** Writes a policy whose parameters are read one at a time, without adapters. */
export const writePolicyFrom = async (output: FilesOutput, policy: Omit<Policy, "parameters">, read: ReadParameter): Promise<void> => {
  await output.write(weights, encodeInPieces(baseShapes(policy.configuration), read, metadata))
  await writeDescription(output, policy)
}

/** The values of the parameter of this name, which may be on the disk until then. */
export type ReadParameter = (name: string) => Float32Array | Promise<Float32Array>

/**
 * What was trained of a policy, in a folder of its own: a whole policy, so that
 * `from_pretrained("…/checkpoint-30")` opens it, or its adapters alone. Equal files are stored
 * once.
 */
export const writeCheckpoint = (output: FilesOutput, policy: Policy, step: number): Promise<void> => {
  const folder = { write: (name: string, content: NewContent) => output.write(`checkpoint-${step}/${name}`, content) }
  return policy.configuration.adapter === undefined
    ? writePolicy(folder, policy)
    : writeAdapter(folder, policy.configuration, policy.parameters)
}

/** Beside the checkpoints of a run, what they have in common. */
export const writeRun = async (output: FilesOutput, policy: Policy): Promise<void> => {
  await writeDescription(output, policy)
  if (policy.configuration.adapter !== undefined)
    await output.write(weights, encodeParameters(policy.parameters, baseShapes(policy.configuration)))
}

/** The files that `transformers` wants beside the weights. */
export const writeDescription = async (
  output: FilesOutput,
  { configuration, tokenizer, tokenizerFiles }: Omit<Policy, "parameters">,
): Promise<void> => {
  const { endOfText, start } = tokenizer
  const config = {
    architectures: [configuration.classes.languageModel],
    ...configOf(configuration, tokenizer),
  }
  const generation = {
    bos_token_id: start[0] ?? null,
    eos_token_id: endOfText,
    pad_token_id: endOfText,
    do_sample: true,
    temperature: 1,
    top_k: 0,
  }
  await output.write("config.json", json(config))
  await output.write("generation_config.json", json(generation))
  await writeTokenizer(output, tokenizerFiles)
}

/** What `transformers` must know of a policy, whatever stands on top of it. */
export const configOf = ({ config }: Configuration, { endOfText, start }: Tokenizer) => ({
  ...config,
  bos_token_id: start[0] ?? null,
  eos_token_id: endOfText,
  pad_token_id: endOfText,
  torch_dtype: "float32",
})

export const writeTokenizer = async (output: FilesOutput, { tokenizer, config }: TokenizerFiles): Promise<void> => {
  await output.write("tokenizer.json", tokenizer)
  await output.write("tokenizer_config.json", config)
}

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** As `transformers` wants it. */
const metadata = { format: "pt" }

/** The bytes of a safetensors file of these parameters, in pieces. */
export const encodeParameters = (parameters: WeightsByName, shapes: Shapes): AsyncIterable<Uint8Array> =>
  encodeInPieces(shapes, (name) => parameters[name] as Float32Array, metadata)

/**
 * Reads the parameters of these shapes from a safetensors file, one after the other: in memory are
 * they alone, and those that equal a parameter of `other` only there. Throws a StageError
 * `NotAPolicy` where the file or a tensor is missing, a tensor is of another shape, or the header
 * disagrees with the file.
 */
export const readParameters = async (
  input: Pick<FilesInput, "names" | "open">,
  file: string,
  shapes: Shapes,
  other: WeightsByName = {},
): Promise<WeightsByName> => {
  checkPresent(input, file)
  const tensors = await blameFile(
    file,
    openSafetensors(await input.open(file), (name) => Object.hasOwn(shapes, name)),
  )
  checkShapes(tensors.shapes, shapes)
  const parameters: Record<string, Float32Array> = {}
  for (const name of Object.keys(shapes)) {
    const [values, known] = [await tensors.read(name), other[name]]
    parameters[name] = known !== undefined && isSameBits(values, known) ? known : values
  }
  return parameters
}

/**
 * Throws a StageError `NotAPolicy` where the bytes are no safetensors file of these tensors; others
 * may be there too.
 */
export const decodeParameters = (bytes: Uint8Array, shapes: Shapes): WeightsByName => {
  const { tensors } = parseFile(weights, () => decodeSafetensors(bytes, (name) => Object.hasOwn(shapes, name)))
  checkShapes(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])), shapes)
  return Object.fromEntries(Object.keys(shapes).map((name) => [name, tensors[name]?.data as Float32Array]))
}

/** Throws a StageError `NotAPolicy` where a tensor is missing or has another shape. */
export const checkShapes = (found: Shapes, shapes: Shapes): void => {
  for (const [name, shape] of Object.entries(shapes)) {
    const given = found[name]
    if (given?.join() === shape.join()) continue
    const problem = given === undefined ? "is missing" : `has shape [${given}]`
    throw notAPolicy(`${weights}: ${name} ${problem}; config.json asks for [${shape}]`)
  }
}

/** Reads the files beside the weights. */
export const readDescription = async (input: Folder): Promise<Omit<Policy, "parameters">> => {
  const text = async (name: string) => new TextDecoder().decode(await bytesOf(input, name))
  const content = await text("config.json")
  const config = parseFile("config.json", () => JSON.parse(content) as ConfigFile | null)
  const configuration = await readAnyConfiguration(config, () => input.plugin())
  const tokenizerFiles = { tokenizer: await text("tokenizer.json"), config: await text("tokenizer_config.json") }
  const tokenizer = loadTokenizer(tokenizerFiles.tokenizer, tokenizerFiles.config)
  const [{ vocabulary }, tokens] = [configuration, tokenizer.vocabularySize]
  if (tokens > vocabulary)
    throw notAPolicy(
      `config.json: vocab_size is ${vocabulary}, and tokenizer.json has ${tokens} tokens. A policy needs a logit for each: use the tokenizer that it was trained with.`,
    )
  return { configuration: tokens < vocabulary ? { ...configuration, tokens } : configuration, tokenizer, tokenizerFiles }
}

const bytesOf = async (input: Folder, name: string): Promise<Uint8Array> => {
  checkPresent(input, name)
  return input.read(name)
}

const checkPresent = ({ names }: Pick<FilesInput, "names">, name: string): void => {
  if (!names.includes(name)) throw notAPolicy(`${name} was not found; the folder holds ${names.join(", ")}`)
}

/** What a reader makes of a file; if it throws, the file is to blame: a StageError `NotAPolicy`. */
export const parseFile = <T>(file: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw notAPolicy(`${file}: ${(error as Error).message}`)
  }
}

/**
 * What is read of a safetensors file, which is to blame for a TensorError: a StageError
 * `NotAPolicy`.
 */
export const blameFile = async <T>(file: string, reading: Promise<T>): Promise<T> => {
  try {
    return await reading
  } catch (error) {
    throw error instanceof TensorError ? notAPolicy(`${file}: ${error.message}`) : error
  }
}

const notAPolicy = (problem: string): StageError => new StageError("NotAPolicy", problem)
