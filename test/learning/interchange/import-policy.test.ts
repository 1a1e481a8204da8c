import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers"
import { type FilesInput, file, pipeline } from "assay"
import { importPolicy, sample } from "assay/stages"
import { describe, expect, test } from "vitest"
import { decodeSafetensors, encodeSafetensors, type TensorFile } from "../../../data/safetensors/index.ts"
import { Prompts } from "../../../learning/artifacts.ts"
import { importPolicyFiles } from "../../../learning/interchange/import-policy-files.stage.ts"
import { readPolicy } from "../../../learning/policy/files.ts"
import { MemoryFiles } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { tinyPolicyFiles } from "../support/toy.ts"

const ours = await tinyPolicyFiles(5)

const imported = async (folder: MemoryFiles): Promise<MemoryFiles> => {
  const one = async (name: string): Promise<FilesInput> => new MemoryFiles({ [name]: await folder.read(name) })
  const inputs = {
    config: await one("config.json"),
    weights: await one("model.safetensors"),
    tokenizer: await one("tokenizer.json"),
    tokenizerConfig: await one("tokenizer_config.json"),
  }
  return (await runStage(importPolicyFiles, inputs, {})).policy
}

type Tensors = TensorFile["tensors"]

const withTensors = async (change: (tensors: Tensors) => Tensors): Promise<MemoryFiles> => {
  const { tensors } = decodeSafetensors(await ours.read("model.safetensors"))
  return ours.with({ "model.safetensors": encodeSafetensors(change(tensors)) })
}

const withConfig = async (changes: Readonly<Record<string, unknown>>): Promise<MemoryFiles> =>
  ours.with({ "config.json": JSON.stringify({ ...((await ours.json("config.json")) as object), ...changes }) })

test("a folder on disk is a policy wherever one is wanted", () => {
  const { graph } = pipeline("imported", () => ({
    responses: sample({
      policy: importPolicy({ directory: "models/tiny/" }),
      prompts: file("prompts.parquet", Prompts),
      perPrompt: 2,
      seed: 1,
    }),
  }))
  const stage = graph.stages.find(({ declaration }) => declaration.name === "import-policy")
  expect(stage?.inputs.flatMap(({ sources }) => sources.map(({ from }) => from))).toEqual(
    ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"].map((name) => ({
      kind: "file",
      file: `models/tiny/${name}`,
    })),
  )
})

test("a policy that was exported comes back bit for bit", async () => {
  expect((await imported(ours)).digest).toBe(ours.digest)
})

describe("the weights of one policy are that policy, however they were saved", () => {
  test("by the bare model, without the prefix", async () => {
    const bare = await withTensors((tensors) =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name.replace("transformer.", ""), tensor])),
    )
    expect((await imported(bare)).digest).toBe(ours.digest)
  })

  test("with the causal mask of old checkpoints, in whatever type", async () => {
    const mask = { shape: [1, 1, 4, 4], data: new Float32Array(16) }
    const masked = await withTensors((tensors) => ({
      ...tensors,
      "transformer.h.0.attn.bias": mask,
      "h.1.attn.masked_bias": { shape: [], data: Float32Array.of(-1e4) },
    }))
    expect((await imported(masked)).digest).toBe(ours.digest)
    const bytes = await masked.read("model.safetensors")
    const header = Buffer.from(bytes).toString("latin1").replace('"dtype":"F32","shape":[1,1,4,4]', '"dtype":"U8","shape": [1,1,8,8]')
    expect((await imported(masked.with({ "model.safetensors": Buffer.from(header, "latin1") }))).digest).toBe(ours.digest)
  })

  test("with an output layer that is the embedding", async () => {
    const headed = await withTensors((tensors) => ({ ...tensors, "lm_head.weight": tensors["transformer.wte.weight"]! }))
    expect((await imported(headed)).digest).toBe(ours.digest)
  })

  test("with a configuration that leaves defaults unsaid", async () => {
    const { activation_function, layer_norm_epsilon, tie_word_embeddings, ...rest } = (await ours.json("config.json")) as Record<
      string,
      unknown
    >
    expect([activation_function, layer_norm_epsilon, tie_word_embeddings]).toEqual(["gelu_new", 1e-5, true])
    expect((await imported(ours.with({ "config.json": JSON.stringify({ ...rest, n_inner: 64 }) }))).digest).toBe(ours.digest)
  })
})

test("a tokenizer that would lose spaces is told to keep them", async () => {
  const { clean_up_tokenization_spaces, ...rest } = (await ours.json("tokenizer_config.json")) as Record<string, unknown>
  expect(clean_up_tokenization_spaces).toBe(false)
  const policy = await imported(ours.with({ "tokenizer_config.json": JSON.stringify(rest) }))
  expect(await policy.json("tokenizer_config.json")).toEqual({ ...rest, clean_up_tokenization_spaces: false })
})

/** Our tokenizer with another post-processor, as a folder. */
const withProcessor = async (post_processor: unknown) =>
  ours.with({ "tokenizer.json": JSON.stringify({ ...((await ours.json("tokenizer.json")) as object), post_processor }) })

test.each([
  ["none", null],
  [
    "only byte-level offsets, as OpenAI's GPT-2 has it",
    { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true },
  ],
])("a tokenizer that starts no text with end-of-text starts each with it from then on: %s", async (_, processor) => {
  const policy = await imported(await withProcessor(processor))
  const [file, config] = [await policy.json("tokenizer.json"), await policy.json("tokenizer_config.json")]
  const { encode, endOfText } = (await readPolicy(policy)).tokenizer
  expect(new HuggingFaceTokenizer(file as object, config as object).encode("the old man").ids).toEqual([
    endOfText,
    ...encode("the old man"),
  ])
  expect((await imported(policy)).digest).toBe(policy.digest)
})

describe("what Assay would compute differently is refused, by name", () => {
  const refused = async (folder: Promise<MemoryFiles> | MemoryFiles, details: object, message: RegExp, tag = "UnsupportedPolicy") =>
    expect(imported(await folder)).rejects.toMatchObject({ name: "StageError", tag, details, message: expect.stringMatching(message) })

  test.each([
    ["model_type", undefined],
    ["architectures", ["GPT2ForSequenceClassification"]],
    ["n_inner", 48],
    ["activation_function", "relu"],
    ["layer_norm_epsilon", 1e-6],
    ["tie_word_embeddings", false],
    ["scale_attn_weights", false],
    ["scale_attn_by_inverse_layer_idx", true],
    ["add_cross_attention", true],
    ["quantization_config", { bits: 4 }],
    ["eos_token_id", 1],
  ])("%s: %j", (key, value) =>
    refused(withConfig({ [key]: value }), { file: "config.json", key }, new RegExp(`^config\\.json: ${key} is .* supported$`)),
  )

  test("a model of another architecture, though its files lack what a GPT-2 has", () =>
    refused(
      ours.with({ "config.json": JSON.stringify({ model_type: "llama", architectures: ["LlamaForCausalLM"], hidden_size: 64 }) }),
      { file: "config.json", key: "model_type" },
      /^config\.json describes a model of type "llama" \(LlamaForCausalLM\), and importPolicy reads GPT-2 alone/,
    ))

  test("weights that are pickled, or an index of shards", async () => {
    const file = { file: "model.safetensors" }
    const weights = (text: string) => ours.with({ "model.safetensors": Buffer.from(text, "latin1") })
    await refused(weights("PK\x03\x04 pytorch_model.bin"), file, /is pickled by PyTorch \(\.bin\); expected one safetensors file/)
    await refused(weights("\x80\x02} pickle"), file, /is pickled by PyTorch/)
    await refused(weights('{"metadata": {}, "weight_map": {}}'), file, /is JSON, perhaps the index of a model that is split into shards/)
  })

  test("a tokenizer that adds other tokens to a text", async () => {
    const template = { type: "TemplateProcessing", single: [{ Sequence: { id: "A", type_id: 0 } }], pair: [], special_tokens: {} }
    const details = { file: "tokenizer.json", key: "post_processor" }
    await refused(withProcessor(template), details, /post_processor "TemplateProcessing" adds other tokens/)
    await refused(withProcessor({ type: "BertProcessing", sep: ["a", 1], cls: ["b", 2] }), details, /"BertProcessing" adds other tokens/)
  })

  test.each([
    [
      "another type, whatever cuts its words",
      { type: "Unigram", unk_id: 0, vocab: [["a", -1]] },
      /model of type "Unigram", and only "BPE"/,
    ],
    ["WordPiece", { type: "WordPiece", vocab: {}, unk_token: "a" }, /model of type "WordPiece"/],
    ["no type", { vocab: {} }, /model of type unknown/],
    ["merges that are dropped at random", { dropout: 0.1 }, /dropout 0\.1, which is not supported/],
    ["a fallback to bytes", { byte_fallback: true }, /byte_fallback true/],
    ["a mark at the ends of words", { end_of_word_suffix: "</w>" }, /end_of_word_suffix "<\/w>"/],
  ])("a tokenizer's model with %s", async (_, changes, message) => {
    const file = (await ours.json("tokenizer.json")) as { readonly model: object }
    const model = "vocab" in changes ? changes : { ...file.model, ...changes }
    await refused(ours.with({ "tokenizer.json": JSON.stringify({ ...file, model }) }), { file: "tokenizer.json" }, message, "TokenizerFile")
  })

  test.each([310, 4e9, -1, 0, 0.5, "7"])(
    "a tokenizer with a token of id %j, which leaves a gap that a policy could draw from",
    async (id) => {
      const { added_tokens, ...file } = (await ours.json("tokenizer.json")) as { readonly added_tokens: ReadonlyArray<object> }
      const gap = JSON.stringify({ ...file, added_tokens: [...added_tokens, { ...added_tokens[0], id, content: "<|pad|>" }] })
      const message = /has 301 tokens, whose ids must be 0 to 300, each once; "<\|pad\|>" has /
      await refused(ours.with({ "tokenizer.json": gap }), { file: "tokenizer.json" }, message, "TokenizerFile")
    },
  )

  test("an output layer of its own", () => {
    const untied = withTensors((tensors) => {
      const { shape, data } = tensors["transformer.wte.weight"]!
      return { ...tensors, "lm_head.weight": { shape, data: data.map((value, index) => (index === 7 ? value + 1 : value)) } }
    })
    return refused(untied, { file: "model.safetensors", tensor: "lm_head.weight" }, /not tied/)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("a weight that is %d", (value) => {
    const name = "transformer.h.1.mlp.c_fc.weight"
    const spoiled = withTensors((tensors) => {
      const { shape, data } = tensors[name]!
      return { ...tensors, [name]: { shape, data: data.map((weight, index) => (index === 7 ? value : weight)) } }
    })
    return refused(spoiled, { file: "model.safetensors", tensor: name }, new RegExp(`${name} holds ${value} at index 7`))
  })

  test.each([
    ["n_layer", 5e6],
    ["n_positions", 2 ** 40],
    ["vocab_size", 2 ** 40],
    ["n_embd", 2 ** 30],
    ["n_head", 1e300],
  ])("a %s of %d, before anything of that size is made", async (key, value) => {
    const start = performance.now()
    await refused(
      withConfig({ [key]: value }),
      {},
      new RegExp(`config\\.json: ${key} must be a whole number from 1 to \\d+, and is`),
      "NotAPolicy",
    )
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test("a tensor that no GPT-2 of this shape has", () =>
    refused(
      withTensors((tensors) => ({ ...tensors, "h.2.ln_1.bias": { shape: [16], data: new Float32Array(16) } })),
      { file: "model.safetensors", tensor: "transformer.h.2.ln_1.bias" },
      /is not part of a GPT-2/,
    ))

  test("a tensor too few, files that are cut, and files that are something else", async () => {
    const without = withTensors(({ "transformer.ln_f.bias": _, ...rest }) => rest)
    await refused(without, {}, /transformer\.ln_f\.bias is missing/, "NotAPolicy")
    const bytes = await ours.read("model.safetensors")
    await refused(ours.with({ "model.safetensors": bytes.slice(0, -1) }), {}, /truncated/, "NotAPolicy")
    await refused(ours.with({ "config.json": "[]" }), {}, /config\.json/, "NotAPolicy")
    await refused(ours.with({ "tokenizer_config.json": "{" }), {}, /tokenizer_config\.json/, "NotAPolicy")
    await refused(ours.with({ "tokenizer.json": "{}" }), {}, /tokenizer\.json/, "TokenizerFile")
  })
})
