import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers"
import { type FilesInput, file, pipeline } from "assay"
import { importPolicy, sample } from "assay/stages"
import { describe, expect, test } from "vitest"
import { decodeSafetensors, encodeSafetensors, type TensorFile } from "../../../data/safetensors/index.ts"
import { Prompts } from "../../../learning/artifacts.ts"
import { importPolicyFiles } from "../../../learning/interchange/import-policy-files.stage.ts"
import { readPolicy } from "../../../learning/policy/files.ts"
import { promptTokens, responseTokens } from "../../../learning/policy/text.ts"
import { MemoryFiles } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { tinyPolicyFiles } from "../support/toy.ts"

const ours = await tinyPolicyFiles(5)

const imported = async (folder: MemoryFiles, prompts: "text" | "chat" | null = null): Promise<MemoryFiles> => {
  const some = async (...names: ReadonlyArray<string>): Promise<FilesInput> =>
    new MemoryFiles(Object.fromEntries(await Promise.all(names.map(async (name) => [name, await folder.read(name)] as const))))
  const weights = folder.names.filter((name) => /^(model.*\.safetensors|pytorch_model.*\.bin)$/.test(name))
  const inputs = {
    config: await some("config.json"),
    weights: await some(...weights),
    tokenizer: await some("tokenizer.json"),
    tokenizerConfig: await some(...folder.names.filter((name) => /^(tokenizer_config\.json|chat_template\.jinja)$/.test(name))),
  }
  return (await runStage(importPolicyFiles, inputs, { prompts })).policy
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
    ["config.json", "{model*.safetensors,pytorch_model*.bin}", "tokenizer.json", "{tokenizer_config.json,chat_template.jinja}"].map(
      (name) => ({
        kind: "file",
        file: `models/tiny/${name}`,
      }),
    ),
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

describe("a policy that reads prompts in its chat template", () => {
  const template = "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}<assistant>"
  const withTemplate = ours.with({ "chat_template.jinja": template })
  const tokensOf = async (policy: MemoryFiles) => {
    const { tokenizer } = await readPolicy(policy)
    return { prompt: promptTokens(tokenizer, "the old man"), response: responseTokens(tokenizer, " had a day"), tokenizer }
  }

  test("has it from a file of its own, or from the configuration of the tokenizer", async () => {
    const config = { ...((await ours.json("tokenizer_config.json")) as object), chat_template: template }
    const inConfig = ours.with({ "tokenizer_config.json": `${JSON.stringify(config, null, 2)}\n` })
    const [one, other] = [await imported(withTemplate, "chat"), await imported(inConfig, "chat")]
    expect(one.digest).toBe(other.digest)
    const { prompt, response, tokenizer } = await tokensOf(one)
    expect(prompt).toEqual(tokenizer.encode("<user>the old man<assistant>"))
    expect(response).toEqual(Int32Array.of(...tokenizer.encode("had a day"), tokenizer.endOfText))
  })

  test("comes back bit for bit, and reads plain text where it is told to", async () => {
    const chat = await imported(withTemplate, "chat")
    expect((await imported(chat)).digest).toBe(chat.digest)
    const { prompt, tokenizer } = await tokensOf(await imported(chat, "text"))
    expect(prompt).toEqual(Int32Array.of(tokenizer.endOfText, ...tokenizer.encode("the old man")))
  })

  test("is refused where it has none", () =>
    expect(imported(ours, "chat")).rejects.toMatchObject({ tag: "ChatTemplate", message: expect.stringContaining("has no chat_template") }))
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

test("several tokens that end a text are taken where the tokenizer's own is among them, which ends responses", async () => {
  expect((await imported(await withConfig({ eos_token_id: [7, 0] }))).digest).toBe(ours.digest)
})

describe("what Assay would compute differently is refused, by name", () => {
  const refused = async (folder: Promise<MemoryFiles> | MemoryFiles, details: object, message: RegExp, tag = "UnsupportedPolicy") =>
    expect(imported(await folder)).rejects.toMatchObject({ name: "StageError", tag, details, message: expect.stringMatching(message) })

  test.each([
    ["architectures", ["GPT2DoubleHeadsModel"]],
    ["activation_function", "mish"],
    ["scale_attn_weights", false],
    ["scale_attn_by_inverse_layer_idx", true],
    ["add_cross_attention", true],
    ["eos_token_id", 1],
    ["eos_token_id", [1, 2]],
  ])("%s: %j", (key, value) =>
    refused(withConfig({ [key]: value }), { file: "config.json", key }, new RegExp(`^config\\.json: ${key} is .* supported$`)),
  )

  test.each([
    ["quantization_config", { bits: 4 }, /quantization_config is given, and only whole weights are read/],
    ["auto_map", { AutoModelForCausalLM: "own.Model" }, /auto_map names code of its own, which Assay does not run/],
    ["model_type", undefined, /describes a model of type unknown \(GPT2LMHeadModel\); known are gpt2, llama, /],
    ["model_type", "mamba", /describes a model of type "mamba" \(GPT2LMHeadModel\); known are gpt2, llama, /],
  ])("%s: %j, and why", (key, value, message) => refused(withConfig({ [key]: value }), { file: "config.json", key }, message))

  const llama = {
    model_type: "llama",
    vocab_size: 300,
    hidden_size: 16,
    intermediate_size: 32,
    num_hidden_layers: 1,
    num_attention_heads: 4,
  }
  test.each([
    [{ ...llama, rope_scaling: { rope_type: "yarn", factor: 2 } }, /^config\.json: rope_scaling has rope_type "yarn", and only "default"/],
    [{ ...llama, rope_scaling: { type: "dynamic", factor: 2 } }, /rope_scaling has rope_type "dynamic"/],
    [{ ...llama, rope_parameters: { rope_type: "llama3", factor: 2 } }, /rope_parameters has low_freq_factor undefined/],
    [{ ...llama, hidden_act: "gelu" }, /hidden_act is "gelu", and only "silu", "swish" is supported/],
    [{ ...llama, pretraining_tp: 2 }, /pretraining_tp is 2, and only 1 is supported/],
    [{ ...llama, model_type: "mistral", sliding_window: 4096 }, /sliding_window is 4096, and only null is supported/],
    [{ ...llama, model_type: "qwen2", use_sliding_window: true }, /use_sliding_window is true, and only false is supported/],
    [{ ...llama, model_type: "qwen3", layer_types: ["sliding_attention"] }, /layer_types is \["sliding_attention"\], and only/],
    [{ ...llama, model_type: "gpt_neox", rotary_pct: 0.1 }, /rotary_pct is 0.1, which turns 0 of 4 elements of a head/],
  ])("%j", (config, message) =>
    refused(ours.with({ "config.json": JSON.stringify(config) }), expect.objectContaining({ file: "config.json" }), message),
  )

  test("weights that are pickled, with the command that converts them", async () => {
    const names = ours.names.filter((name) => name !== "model.safetensors")
    const others = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await ours.read(name)] as const)))
    const weights = (text: string) => new MemoryFiles({ ...others, "pytorch_model.bin": Buffer.from(text, "latin1") })
    const message = /pytorch_model\.bin is pickled by PyTorch, .*; expected safetensors\. Convert it: python3 -c .*save_pretrained/
    await refused(weights("PK\x03\x04 pytorch_model.bin"), { file: "pytorch_model.bin" }, message)
    await refused(weights("\x80\x02} pickle"), { file: "pytorch_model.bin" }, message)
    expect((await imported(ours.with({ "pytorch_model.bin": Buffer.from("\x80\x02", "latin1") }))).digest).toBe(ours.digest)
  })

  test("a tensor that two shards have", async () => {
    const shards = ours.with({ "model-00002-of-00002.safetensors": await ours.read("model.safetensors") })
    await refused(
      shards,
      expect.objectContaining({ file: "model-00002-of-00002.safetensors" }),
      /\.(weight|bias) is in model\.safetensors too/,
    )
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
    return refused(
      untied,
      { file: "model.safetensors", tensor: "lm_head.weight" },
      /differs from transformer\.wte\.weight, and config\.json says that the output layer is tied/,
    )
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

  test("a tensor that no model of this shape has", () =>
    refused(
      withTensors((tensors) => ({ ...tensors, "h.2.ln_1.bias": { shape: [16], data: new Float32Array(16) } })),
      { file: "model.safetensors", tensor: "transformer.h.2.ln_1.bias" },
      /is not part of a model of the shape that config\.json gives/,
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
