import { spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { preferences as columns } from "../../data/schema/index.ts"
import { preferenceModel } from "../../learning/judge/preference-model.stage.ts"
import { readPreferenceModel } from "../../learning/judge/preference-model.ts"
import { readJudge } from "../../learning/judge/read.ts"
import { readConfiguration } from "../../learning/policy/architecture/read.ts"
import { writePolicy } from "../../learning/policy/files.ts"
import { promptTokens, responseTokens } from "../../learning/policy/text.ts"
import { MemoryFiles, MemoryTable } from "../learning/support/memory.ts"
import { oneThread, runStage } from "../learning/support/stage.ts"
import { easyPreferences, tokenizer, tokenizerFiles, wildParameters } from "../learning/support/toy.ts"

const python = process.env.ASSAY_PYTHON ?? "python3"
const missing = spawnSync(python, ["-c", "import torch, transformers, peft"], { encoding: "utf8" }).status !== 0
if (missing) console.log(`not tested: ${python} has no torch, transformers and peft. Set ASSAY_PYTHON to one that has.`)

const sizes = { vocab_size: tokenizer.vocabularySize, hidden_size: 16, intermediate_size: 24, num_hidden_layers: 2, num_attention_heads: 2 }
const bases = {
  "llama whose output layer is its own": { model_type: "llama", ...sizes, max_position_embeddings: 64 },
  gpt2: { model_type: "gpt2", vocab_size: tokenizer.vocabularySize, n_embd: 16, n_layer: 2, n_head: 2, n_positions: 64 },
  gpt_neox: { model_type: "gpt_neox", ...sizes, max_position_embeddings: 64 },
}

const folder = await mkdtemp(join(tmpdir(), "assay-reward-models-"))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What a program of transformers says of the judge in a folder. */
const opened = (given: object) => {
  const script = `
import json, sys, torch
from transformers import AutoModelForSequenceClassification
from peft import PeftModel
given = json.loads(sys.argv[1])
model, info = AutoModelForSequenceClassification.from_pretrained(given["folder"], num_labels=1, output_loading_info=True)
if given["adapted"]:
    # The folder of the weights alone has no score: PEFT brings it.
    model = PeftModel.from_pretrained(model, given["adapters"])
model.eval()
with torch.no_grad():
    scores = [model(input_ids=torch.tensor([tokens])).logits.item() for tokens in given["tokens"]]
print(json.dumps({"scores": scores, "missing": sorted(info["missing_keys"]), "unexpected": sorted(info["unexpected_keys"])}))
`
  const { status, stdout, stderr } = spawnSync(python, ["-c", script, JSON.stringify(given)], {
    encoding: "utf8",
    env: { ...process.env, HF_HUB_OFFLINE: "1" },
  })
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Readonly<Record<"missing" | "unexpected", ReadonlyArray<string>>> & {
    readonly scores: ReadonlyArray<number>
  }
}

const write = async (files: MemoryFiles, into: string): Promise<void> => {
  for (const name of files.names) {
    await mkdir(dirname(join(into, name)), { recursive: true })
    await writeFile(join(into, name), await files.read(name))
  }
}

const pairs = [
  { prompt: "the man had", first: " a wonderful day", second: " a terrible house" },
  { prompt: "our friend found", first: " a green table, and a garden, and a song", second: "" },
]

describe.skipIf(missing).each(Object.entries(bases))("a reward model that is trained from a %s opens in", (name, config) => {
  const trained = async (lora: { readonly rank: number; readonly alpha: number } | null) => {
    const configuration = readConfiguration(config)
    const base = new MemoryFiles()
    await writePolicy(base, { configuration, parameters: wildParameters(configuration, 7), tokenizer, tokenizerFiles })
    const preferences = new MemoryTable(columns, easyPreferences(60))
    const parameters = { steps: 4, seed: 1, batchSize: 8, learningRate: 1e-2, form: "pointwise", lora } as const
    const { judge } = await runStage(preferenceModel, { preferences, base }, parameters)
    const verdicts = await (await readJudge(judge, oneThread)).compare(pairs)
    const { tokenizer: own } = await readPreferenceModel(judge)
    const tokens = pairs.flatMap(({ prompt, first, second }) =>
      [first, second].map((response) => [...promptTokens(own, prompt), ...responseTokens(own, response)]),
    )
    return { judge, tokens, scores: verdicts.flatMap(({ scores }) => scores ?? []) }
  }

  test("transformers, without missing or unexpected weights and with equal scores", async () => {
    const { judge, tokens, scores } = await trained(null)
    const into = join(folder, name, "whole")
    await write(judge, into)
    const found = opened({ folder: into, tokens, adapted: false })
    expect(found).toMatchObject({ missing: [], unexpected: [] })
    for (const [index, score] of scores.entries()) expect(found.scores[index]).toBeCloseTo(score, 4)
  })

  test("PEFT, its adapters and its score beside a base that stayed as it was", async () => {
    const { judge, tokens, scores } = await trained({ rank: 3, alpha: 6 })
    const into = join(folder, name, "adapted")
    await write(judge, into)
    const found = opened({ folder: into, adapters: join(into, "adapter"), tokens, adapted: true })
    expect(found).toMatchObject({ missing: ["score.weight"], unexpected: [] })
    for (const [index, score] of scores.entries()) expect(found.scores[index]).toBeCloseTo(score, 4)
  })
})
