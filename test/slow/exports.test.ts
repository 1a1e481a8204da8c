import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"

const python = process.env.ASSAY_PYTHON ?? "python3"
const has = (modules: string): boolean => {
  const isThere = spawnSync(python, ["-c", `import ${modules}`], { encoding: "utf8" }).status === 0
  if (!isThere) console.log(`not tested: ${python} has no ${modules}. Set ASSAY_PYTHON to one that has.`)
  return isThere
}

const command = path.resolve(import.meta.dirname, "../../cli/assay.mjs")
let folder: string
const assay = (...given: ReadonlyArray<string>) => {
  const { status, stderr } = spawnSync(process.execPath, [command, ...given], { cwd: folder, encoding: "utf8" })
  expect(status, stderr).toBe(0)
}

const files = {
  "package.json": '{ "type": "module" }',
  "pairs.jsonl": [
    { prompt: "The soup was", chosen: " warm.", rejected: " cold." },
    { prompt: "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Bye\n\nAssistant:", chosen: " Bye.", rejected: " No." },
    { prompt: "It was", chosen: " so.", rejected: " so." },
  ]
    .map((pair) => `${JSON.stringify(pair)}\n`)
    .join(""),
  "stages.ts": `import { stage, table } from "assay"
    import { Metrics } from "assay/stages"
    const Mixed = table("mixed", { "a name": "utf8?", flag: "bool?", n: "int32?", x: "float64?", y: "float32?", ids: "list<int32>?", w: "list<float32>" })
    export const make = stage({ name: "make", inputs: {}, parameters: {}, outputs: { mixed: Mixed, metrics: Metrics }, run: () => import("./make.ts") })`,
  "make.ts": `const row = (text, n, x) => ({ "a name": text, flag: n === null ? null : n > 0, n, x, y: n === null ? null : 0.1, ids: n === null ? null : Int32Array.of(n, 2), w: Float32Array.of(0.5) })
    export const run = async ({ outputs, progress }) => {
      await outputs.mixed.append([row("é, \\"q\\"\\n", 1, 0.1), row(null, null, null), row("", -1, 1e300), row("x", 0, -0)])
      for (let step = 1; step <= 20; step++) {
        const metrics = { loss: 1 / step, zero: 0 }
        progress(step, 20, metrics)
        await outputs.metrics.append(Object.entries(metrics).map(([name, value]) => ({ step, name, value })))
      }
    }`,
  "out.ts": `import { file, pipeline } from "assay"
    import { importPreferences } from "assay/stages"
    import { make } from "./stages.ts"
    export default pipeline("out", () => ({ made: make({}), pairs: importPreferences({ file: file("pairs.jsonl"), format: "trl" }) }))`,
}

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-exports-"))
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content)
  assay("run", "out.ts", "--tensorboard", "live")
  for (const format of ["trl", "trl-implicit", "trl-conversational", "kto"]) assay("export", "pairs", format, "--format", format)
  for (const format of ["datasets", "csv", "jsonl", "parquet", "tensorboard"]) assay("export", "made", format, "--format", format)
}, 600_000)
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const run = (script: string): void => {
  const env = { ...process.env, HF_HUB_OFFLINE: "1", HF_HOME: path.join(folder, "cache") }
  const { status, stderr } = spawnSync(python, ["-c", script], { cwd: folder, encoding: "utf8", env })
  expect(status, stderr).toBe(0)
}

test.skipIf(!has("datasets, pandas"))(
  "datasets opens the folder, and reads the same rows from it, from JSON Lines and, with pandas, from CSV",
  () => {
    run(`
import json
import pandas as pd, pyarrow.parquet as pq
from datasets import get_dataset_config_names, load_dataset
assert sorted(get_dataset_config_names("datasets")) == ["metrics", "mixed"]
for name in ["metrics", "mixed"]:
    rows = pq.read_table(f"parquet/{name}.parquet").to_pylist()
    data = load_dataset("datasets", name, split="train")
    assert data.to_list() == rows, data.to_list()
    assert load_dataset("json", data_files=f"jsonl/{name}.jsonl", split="train").to_list() == rows
    assert [json.loads(line) for line in open(f"jsonl/{name}.jsonl")] == rows
features = load_dataset("datasets", "mixed", split="train").features
assert str(features["ids"].feature.dtype) == "int32" and features["y"].dtype == "float32", features
table = pd.read_csv("csv/mixed.csv", keep_default_na=False, na_values={"x": [""], "n": [""]})
assert list(table["x"].dropna()) == [0.1, 1e300, -0.0] and list(table["a name"]) == ['é, "q"\\n', "", "", "x"], table
assert json.loads(table["ids"][0]) == [1, 2]
`)
  },
)

test.skipIf(!has("trl, datasets"))("TRL takes each form for what it is", () => {
  run(`
import json
from datasets import load_dataset
from trl.data_utils import extract_prompt, is_conversational, unpair_preference_dataset
explicit, implicit, conversational, unpaired = (
    load_dataset("json", data_files=f"{form}/preferences.jsonl", split="train") for form in ["trl", "trl-implicit", "trl-conversational", "kto"]
)
assert not any(is_conversational(row) for row in explicit) and all(is_conversational(row) for row in conversational)
assert [extract_prompt(row) for row in implicit] == explicit.to_list()
key = lambda row: json.dumps(row, sort_keys=True)
assert sorted(map(key, unpair_preference_dataset(explicit).to_list())) == sorted(map(key, unpaired.to_list()))
assert [message["role"] for message in conversational[1]["prompt"]] == ["user", "assistant", "user"]
`)
})

test.skipIf(!has("tensorboard"))("TensorBoard reads every step, name and value, of an export and of a run that it followed", () => {
  run(`
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
for folder in ["tensorboard", "live/made"]:
    events = EventAccumulator(folder, size_guidance={"scalars": 0})
    events.Reload()
    assert sorted(events.Tags()["scalars"]) == ["loss", "zero"]
    assert [(each.step, each.value) for each in events.Scalars("zero")] == [(step, 0) for step in range(1, 21)]
    assert all(abs(each.value * each.step - 1) < 1e-6 for each in events.Scalars("loss"))
`)
})
