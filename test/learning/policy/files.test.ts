import { describe, expect, test } from "vitest"
import { encodeSafetensors } from "../../../data/safetensors/index.ts"
import {
  type Policy,
  readCheckpoint,
  readCheckpoints,
  readPolicy,
  writeCheckpoint,
  writeDescription,
  writePolicy,
} from "../../../learning/policy/files.ts"
import { MemoryFiles } from "../support/memory.ts"
import { tinyPolicy, tinyPolicyFiles, wildParameters } from "../support/toy.ts"

const policy = tinyPolicy(3)
const files = await tinyPolicyFiles(3)
const config = (await files.json("config.json")) as Readonly<Record<string, unknown>>
const { shapes } = policy.configuration

test("what is read is what was written, bit for bit", async () => {
  // Bits that comparing numbers would miss.
  const strange = Float32Array.from(policy.parameters["transformer.ln_f.bias"] as Float32Array)
  strange.set([-0, 1e-45, Number.NaN, -Infinity])
  const written: Policy = { ...policy, parameters: { ...policy.parameters, "transformer.ln_f.bias": strange } }
  const output = new MemoryFiles()
  await writePolicy(output, written)
  const read = await readPolicy(output)
  expect(read.configuration.config).toEqual(policy.configuration.config)
  expect(read.tokenizerFiles).toEqual(policy.tokenizerFiles)
  expect(Object.keys(read.parameters)).toEqual(Object.keys(shapes))
  const bits = (values: Float32Array | undefined) => [...new Uint32Array(Float32Array.from(values ?? []).buffer)]
  for (const name of Object.keys(shapes)) expect(bits(read.parameters[name])).toEqual(bits(written.parameters[name]))
  const again = new MemoryFiles()
  await writePolicy(again, read)
  expect(again.digest).toBe(output.digest)
})

test("what equals a parameter in memory is that parameter, and nothing else is", async () => {
  const files = await tinyPolicyFiles(1)
  const { parameters: one } = await readPolicy(files)
  const [first = "", ...rest] = Object.keys(one)
  const changed = { ...one, [first]: (one[first] as Float32Array).map((value) => value + 1) }
  const { parameters: other } = await readPolicy(files, changed)
  expect(other).toEqual(one)
  expect(other[first]).not.toBe(changed[first])
  for (const name of rest) expect(other[name], name).toBe(one[name])
})

test("a policy has the files that transformers looks for, and they say what it is", async () => {
  expect([...files.names].sort()).toEqual([
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
  ])
  const { endOfText } = policy.tokenizer
  expect(await files.json("config.json")).toMatchObject({
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    activation_function: "gelu_new",
    vocab_size: 300,
    n_positions: 32,
    n_embd: 16,
    n_layer: 2,
    n_head: 2,
    bos_token_id: endOfText,
    eos_token_id: endOfText,
  })
  expect(await files.json("generation_config.json")).toMatchObject({ do_sample: true, temperature: 1, top_k: 0, eos_token_id: endOfText })
})

test("checkpoints are read by their steps, in order of steps", async () => {
  const output = new MemoryFiles()
  for (const step of [100, 20, 3]) {
    await writeCheckpoint(output, { ...policy, parameters: wildParameters(policy.configuration, step) }, step)
  }
  await writeDescription(output, policy)
  const { steps, configuration } = await readCheckpoints(output)
  expect(steps).toEqual([3, 20, 100])
  expect(await readCheckpoint(output, { configuration, frozen: {} }, 20)).toEqual(wildParameters(policy.configuration, 20))
})

describe("files that are not a policy are refused, with what is wrong with them", () => {
  const refused = async (changes: Parameters<MemoryFiles["with"]>[0], message: RegExp) =>
    expect(readPolicy(files.with(changes))).rejects.toMatchObject({
      name: "StageError",
      tag: "NotAPolicy",
      message: expect.stringMatching(message),
    })
  const weights = (change: (name: string, shape: ReadonlyArray<number>) => ReadonlyArray<number> | undefined) =>
    encodeSafetensors(
      Object.fromEntries(
        Object.entries(shapes).flatMap(([name, shape]) => {
          const found = change(name, shape)
          return found === undefined ? [] : [[name, { shape: found, data: policy.parameters[name] as Float32Array }]]
        }),
      ),
    )

  test("a tensor that is missing", () =>
    refused(
      { "model.safetensors": weights((name, shape) => (name.endsWith("1.mlp.c_fc.bias") ? undefined : shape)) },
      /transformer\.h\.1\.mlp\.c_fc\.bias is missing.*\[64\]/,
    ))

  test("a tensor of another shape, even with as many entries", () =>
    refused(
      { "model.safetensors": weights((name, shape) => (name.endsWith("0.attn.c_attn.weight") ? shape.toReversed() : shape)) },
      /transformer\.h\.0\.attn\.c_attn\.weight has shape \[48,16\].*\[16,48\]/,
    ))

  test("weights that are cut off", async () =>
    refused({ "model.safetensors": (await files.read("model.safetensors")).slice(0, -4) }, /model\.safetensors/))

  test.each([
    ["another type of numbers", { dtype: "F64" }, /model\.safetensors: .*"transformer\.ln_f\.bias": holds "F64"/],
    ["an overlap", { data_offsets: [0, 64] }, /model\.safetensors: .*"[^"]+": begins at byte 0 of the data, and 64 are taken/],
    ["a place that its shape does not fill", { shape: [15] }, /"transformer\.ln_f\.bias": shape \[15\] takes 60 bytes, and 64 are given/],
  ])("weights whose header claims %s", async (_, claim, message) => {
    const bytes = await files.read("model.safetensors")
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, object>
    const name = "transformer.ln_f.bias"
    const changed = new TextEncoder().encode(JSON.stringify({ ...header, [name]: { ...header[name], ...claim } }))
    const start = new Uint8Array(BigUint64Array.of(BigInt(changed.length)).buffer)
    return refused({ "model.safetensors": Uint8Array.from([...start, ...changed, ...bytes.subarray(8 + length)]) }, message)
  })

  test("a file that is not there", async () => {
    await refused({ "model.safetensors": undefined }, /model\.safetensors/)
    await refused({ "config.json": undefined }, /config\.json/)
    await refused({ "tokenizer_config.json": undefined }, /tokenizer_config\.json/)
  })

  test.each([
    ["no JSON", "{"],
    ["no object", "null"],
    ["a number that is none", JSON.stringify({ ...config, n_embd: "16" })],
    ["a number that is no count", JSON.stringify({ ...config, n_layer: 0 })],
    ["a key too few", JSON.stringify({ ...config, n_positions: undefined })],
    ["a width that its heads do not divide", JSON.stringify({ ...config, n_head: 3 })],
    ["fewer tokens than its tokenizer has", JSON.stringify({ ...config, vocab_size: 299 })],
  ])("a config.json with %s", (_, content) => refused({ "config.json": content }, /config\.json/))
})
