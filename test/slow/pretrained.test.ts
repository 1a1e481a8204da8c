import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, describe, expect, test } from "vitest"

/**
 * A real model: the folder that ASSAY_TEST_MODEL names, of SmolLM2-135M-Instruct or another small
 * language model that follows instructions.
 */
const model = process.env.ASSAY_TEST_MODEL

const root = path.resolve(import.meta.dirname, "../..")
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-pretrained-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const assay = (...options: ReadonlyArray<string>): string => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(root, "cli/assay.mjs"), ...options], {
    cwd: folder,
    encoding: "utf8",
  })
  expect(status, stderr).toBe(0)
  return stdout
}

const pipeline = (directory: string): string => `
import { file, pipeline } from "assay"
import { importPolicy, importPreferences, importPrompts, ipo, optimize, policyAt, sample } from "assay/stages"

const directory = ${JSON.stringify(directory)}
const drawing = { perPrompt: 1, seed: 1, topK: 1, maxNewTokens: 8 }

export default pipeline("pretrained", () => {
  const prompts = (name: string) => importPrompts({ file: file(name), testFraction: 0 })
  const chat = importPolicy({ directory, prompts: "chat" })
  const preferences = importPreferences({ file: file("pairs.jsonl"), format: "trl" })
  const run = optimize({ preferences, reference: chat, loss: ipo({ beta: 0.1 }), steps: 2, batchSize: 2, learningRate: 1e-6, checkpoints: 1, seed: 1 })
  return {
    continued: sample({ policy: importPolicy({ directory }), prompts: prompts("text.txt"), ...drawing }),
    answered: sample({ policy: chat, prompts: prompts("question.txt"), ...drawing }),
    trained: sample({ policy: policyAt({ run: run.checkpoints, step: "last" }), prompts: prompts("question.txt"), ...drawing }),
  }
})
`

describe("a pretrained model, where ASSAY_TEST_MODEL names its folder,", () => {
  test.skipIf(model === undefined)("continues text, answers in its chat template, and is trained", { timeout: 900_000 }, () => {
    fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }')
    fs.writeFileSync(path.join(folder, "pipeline.ts"), pipeline(path.resolve(model as string)))
    fs.writeFileSync(path.join(folder, "text.txt"), "The capital of France is Paris, and the capital of Germany is\n")
    fs.writeFileSync(path.join(folder, "question.txt"), "What is the capital of France?\n")
    const pair = (index: number) => ({ prompt: `Name river ${index}.`, chosen: ` River ${index} flows to the sea.`, rejected: " No." })
    fs.writeFileSync(path.join(folder, "pairs.jsonl"), [1, 2, 3, 4].map((index) => `${JSON.stringify(pair(index))}\n`).join(""))
    assay("run", "pipeline.ts")
    const responseOf = (id: string): string =>
      (JSON.parse(assay("show", id, "--json")) as { outputs: [{ head: [{ response: string }] }] }).outputs[0].head[0].response
    expect(responseOf("continued")).toMatch(/^ Berlin\b/)
    expect(responseOf("answered")).toMatch(/Paris/)
    expect(responseOf("trained")).toMatch(/Paris/)
    // The weights are in the store: a run of what is cached does not read them.
    const started = performance.now()
    assay("run", "pipeline.ts")
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
