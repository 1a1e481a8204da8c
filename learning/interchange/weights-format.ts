import { StageError } from "assay"

type Config = Readonly<Record<string, unknown>>

/** What a key must be, and what it is where the file does not say. */
interface Requirement {
  readonly key: string
  readonly otherwise: unknown
  readonly accepts: (value: unknown, config: Config) => boolean
  readonly wanted: string
}

const oneOf = (key: string, values: ReadonlyArray<unknown>, otherwise: unknown = values[0]): Requirement => ({
  key,
  otherwise,
  accepts: (value) => values.includes(value),
  wanted: values.map((value) => JSON.stringify(value)).join(" or "),
})

/**
 * The GPT-2 that Assay computes, among those that `GPT2Config` describes, with that class's
 * defaults.
 */
const requirements: ReadonlyArray<Requirement> = [
  oneOf("model_type", ["gpt2"], null),
  {
    key: "architectures",
    otherwise: null,
    accepts: (value) =>
      value === null || (Array.isArray(value) && value.some((name) => name === "GPT2LMHeadModel" || name === "GPT2Model")),
    wanted: '["GPT2LMHeadModel"]',
  },
  {
    key: "n_inner",
    otherwise: null,
    accepts: (value, { n_embd }) => value === null || (typeof n_embd === "number" && value === 4 * n_embd),
    wanted: "null, or four times n_embd",
  },
  // Two names of one formula, GELU by tanh.
  oneOf("activation_function", ["gelu_new", "gelu_pytorch_tanh"]),
  oneOf("layer_norm_epsilon", [1e-5]),
  oneOf("tie_word_embeddings", [true]),
  oneOf("scale_attn_weights", [true]),
  oneOf("scale_attn_by_inverse_layer_idx", [false]),
  oneOf("add_cross_attention", [false]),
  oneOf("quantization_config", [null]),
]

/** Refuses a model of another kind by its name, before anything else is missed in its files. */
export const checkArchitecture = (config: Config | null): void => {
  const { model_type: type, architectures } = config ?? {}
  if (type === "gpt2" || type === undefined) return
  const classes = Array.isArray(architectures) && architectures.length > 0 ? ` (${architectures.join(", ")})` : ""
  throw new StageError(
    "UnsupportedPolicy",
    `config.json describes a model of type ${JSON.stringify(type)}${classes}, and importPolicy reads GPT-2 alone (model_type "gpt2")`,
    { file: "config.json", key: "model_type" },
  )
}

/** Refuses weights that are not safetensors by what they are. */
export const checkWeights = (bytes: Uint8Array, name: string): void => {
  // A safetensors file begins with the length of its header in eight bytes, which may be any, and
  // the header, which is JSON.
  if (bytes[8] === 0x7b) return
  const start = String.fromCharCode(...bytes.subarray(0, 2))
  const kind =
    start === "PK" || bytes[0] === 0x80
      ? "pickled by PyTorch (.bin)"
      : start.startsWith("{")
        ? "JSON, perhaps the index of a model that is split into shards"
        : null
  if (kind === null) return
  throw new StageError(
    "UnsupportedPolicy",
    `${name} is ${kind}; expected one safetensors file; write it with model.save_pretrained(folder, safe_serialization=True, max_shard_size="100GB")`,
    { file: name },
  )
}

/**
 * Refuses a `config.json` of a model that Assay would compute differently from `transformers`:
 * throws a StageError `UnsupportedPolicy` that names the key. `endOfText` is the tokenizer's.
 */
export const checkConfiguration = (config: Config, endOfText: number): void => {
  const ends = oneOf("eos_token_id", [endOfText, null], null)
  for (const { key, otherwise, accepts, wanted } of [...requirements, ends]) {
    const value = config[key] === undefined ? otherwise : config[key]
    if (accepts(value, config)) continue
    const found = config[key] === undefined ? "is missing" : `is ${JSON.stringify(value)}`
    throw new StageError("UnsupportedPolicy", `config.json: ${key} ${found}, and only ${wanted} is supported`, { file: "config.json", key })
  }
}
