import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"

const python = process.env.ASSAY_PYTHON ?? "python3"
const missing = spawnSync(python, ["-c", "import torch, transformers, pyarrow"], { encoding: "utf8" }).status !== 0
if (missing) console.log(`not tested: ${python} has no torch, transformers and pyarrow. Set ASSAY_PYTHON to one that has.`)

const command = path.resolve(import.meta.dirname, "../../cli/assay.mjs")
let folder: string
const assay = (...given: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...given], { cwd: folder, encoding: "utf8" })
  expect(status, stderr).toBe(0)
  return stdout
}

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-transformers-"))
  fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }')
  fs.writeFileSync(
    path.join(folder, "small.ts"),
    `import { pipeline } from "assay"
     import { corpus, ipo, label, optimize, sample, sft } from "assay/stages"
     export default pipeline("small", () => {
       const task = corpus({ task: "sentiment" })
       const reference = sft({ corpus: task.text, kind: "sentence", size: "small", steps: 60, seed: 1 })
       const responses = sample({ policy: reference, prompts: task.prompts, limit: 100, perPrompt: 2, seed: 2 })
       const pairs = label({ responses, judge: task.gold })
       const run = optimize({ reference, preferences: pairs, loss: ipo({ beta: 0.1 }), steps: 4, batchSize: 4, checkpoints: 2, seed: 1 })
       const policy = run.checkpoints
       return { reference, responses, pairs, policy }
     })`,
  )
  assay("run", "small.ts")
  for (const stage of ["reference", "responses", "policy"]) assay("export", stage, stage)
}, 600_000)
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

test.skipIf(missing)(
  "transformers gives an exported policy's responses the same log-probabilities, and opens a checkpoint by itself",
  () => {
    const script = `
import json, sys, glob, torch, pyarrow.parquet as pq
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("reference")
model = AutoModelForCausalLM.from_pretrained("reference").eval()
worst = 0
with torch.no_grad():
    for row in pq.read_table(glob.glob("responses/*.parquet")[0]).to_pylist():
        prompt = tokenizer(row["prompt"])["input_ids"]
        ids = torch.tensor([prompt + row["token_ids"]])
        logp = torch.log_softmax(model(ids).logits.double(), -1)[0, :-1].gather(1, ids[0, 1:, None])
        worst = max(worst, abs(logp[len(prompt) - 1:].sum().item() - row["logp_policy"]))
checkpoints = sorted(glob.glob("policy/checkpoint-*"))
for checkpoint in checkpoints:
    AutoModelForCausalLM.from_pretrained(checkpoint)
    AutoTokenizer.from_pretrained(checkpoint)
print(json.dumps({"worst": worst, "checkpoints": len(checkpoints), "start": tokenizer("it was")["input_ids"][0]}))
`
    const { status, stdout, stderr } = spawnSync(python, ["-c", script], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, HF_HUB_OFFLINE: "1" },
    })
    expect(status, stderr).toBe(0)
    const { worst, ...rest } = JSON.parse(stdout) as { readonly worst: number }
    expect(rest).toEqual({ checkpoints: 2, start: 0 })
    expect(worst).toBeLessThan(1e-4)
  },
)

test("the export for TRL says how many responses tokenise differently", () => {
  const { responses } = JSON.parse(assay("export", "pairs", "trl", "--format", "trl", "--json"))
  expect(responses.compared).toBeGreaterThan(0)
  expect(responses.differing).toBeGreaterThan(0)
  expect(assay("export", "pairs", "again", "--format", "trl")).toContain(
    `${responses.differing} of ${responses.compared} responses tokenise differently`,
  )
})
