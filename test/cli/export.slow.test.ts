import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openProject, type Project, removeProject } from "./project.ts"

const stages = `
import { files, Schema, stage } from "assay"
import { Metrics, Preferences } from "assay/stages"
const parameters = { seed: Schema.Int }
export const learn = stage({ name: "learn", inputs: {}, parameters, outputs: { metrics: Metrics, notes: files("notes") }, run: () => import("./learn.ts") })
export const prefer = stage({ name: "prefer", inputs: {}, parameters, outputs: { preferences: Preferences }, run: () => import("./prefer.ts") })
`

const learn = `
export const run = async ({ outputs, parameters: { seed } }) => {
  await outputs.metrics.append([{ step: 1, name: "loss", value: seed }, { step: 1, name: "margin", value: 0 }, { step: 2, name: "loss", value: NaN }])
  await outputs.notes.write("notes.txt", "none")
}
`

const prefer = `
const row = (pair_id, prompt, tie) => ({
  pair_id, prompt, chosen: " yes", rejected: " no", chosen_token_ids: new Int32Array(), rejected_token_ids: new Int32Array(), score_chosen: null,
  score_rejected: null, p_chosen: null, tie, source: "human", judge_key: null, judge_labels: null, annotators: null, logp_chosen: null, logp_rejected: null, policy_key: null, step: 0, position: pair_id,
})
export const run = ({ outputs }) => outputs.preferences.append([row(0, "plain", false), row(1, "plain", true), row(2, "\\n\\nHuman: Hi\\n\\nAssistant:", false)])
`

const pipeline = `
import { pipeline, sweep } from "assay"
import { learn, prefer } from "./stages.ts"
export default pipeline("out", () => ({ arms: sweep({ seed: [1, 2] }, ({ seed }) => ({ run: learn({ seed }) })), pairs: prefer({ seed: 3 }) }))
`

let project: Project
beforeAll(async () => {
  project = await openProject()
  await project.write("stages.ts", stages)
  await project.write("learn.ts", learn)
  await project.write("prefer.ts", prefer)
  await project.write("out.ts", pipeline)
  expect((await project.assay(["run", "out.ts"])).code).toBe(0)
})
afterAll(() => removeProject(project))

const answer = async (...arguments_: ReadonlyArray<string>): Promise<string> => {
  const { code, stdout, stderr } = await project.assay(arguments_)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return stdout
}

const text = (...names: ReadonlyArray<string>) => readFile(join(project.folder, ...names), "utf8")

test("a folder for datasets has the Parquet file as it is stored, and a card with features and origin, the same twice", async () => {
  await answer("export", "pairs", "set", "--format", "datasets")
  expect(await readdir(join(project.folder, "set"), { recursive: true })).toEqual(["README.md", "data", "data/preferences.parquet"])
  await answer("export", "pairs", "plain", "--format", "parquet")
  expect(await text("set/data/preferences.parquet")).toBe(await text("plain/preferences.parquet"))
  const card = await text("set/README.md")
  expect(card).toMatch(
    /^---\npretty_name: "out: pairs"\ntags:\n- assay\nconfigs:\n- config_name: "default"\n {2}data_files:\n {2}- split: train\n/,
  )
  expect(card).toContain('  - name: "chosen_token_ids"\n    sequence: int32\n  - name: "rejected_token_ids"')
  expect(card).toMatch(/\| pipeline \| out \|\n\| commit \| unknown \|\n\| stage \| pairs \(prefer\) \|\n\| key \| [0-9a-f]{64} \|/)
  expect(card).toContain('"seed": 3')
  await answer("export", "pairs", "again", "--format", "datasets")
  expect(await text("again/README.md")).toBe(card)
  const { code, stderr } = await project.assay(["export", "pairs", "set", "--format", "datasets"])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("already exists") })
})

test("preferences are exported in each of TRL's forms, ties left out and said", async () => {
  for (const form of ["trl-implicit", "trl-conversational", "kto"])
    expect(await answer("export", "pairs", form, "--format", form)).toMatch(
      new RegExp(`^${form}/preferences\\.jsonl  \\d+ B\n1 tie left out`),
    )
  expect((await text("trl-implicit/preferences.jsonl")).split("\n")[0]).toBe('{"chosen":"plain yes","rejected":"plain no"}')
  expect((await text("kto/preferences.jsonl")).split("\n")[1]).toBe('{"prompt":"plain","completion":" no","label":false}')
  expect((await text("trl-conversational/preferences.jsonl")).split("\n")[1]).toBe(
    '{"prompt":[{"role":"user","content":"Hi"}],"chosen":[{"role":"assistant","content":"yes"}],"rejected":[{"role":"assistant","content":"no"}]}',
  )
})

test("a table of any kind is exported as CSV and JSON Lines, and what is left out is said", async () => {
  expect(await answer("export", "arms.seed=1.run", "csv", "--format", "csv")).toMatch(
    /^csv\/metrics\.csv {2}\d+ B\nleft out, because csv cannot hold it: notes \(notes\)\n$/,
  )
  expect(await text("csv/metrics.csv")).toBe("step,name,value\n1,loss,1.0\n1,margin,0.0\n2,loss,nan\n")
  expect(await answer("export", "arms.seed=1.run", "jsonl", "--format", "jsonl", "--output", "metrics")).toMatch(
    /^jsonl\/metrics\.jsonl {2}\d+ B\n1 number that JSON cannot express \(NaN, infinite\) became null; csv and parquet keep them\n$/,
  )
  expect(await text("jsonl/metrics.jsonl")).toContain('{"step":2,"name":"loss","value":null}\n')
})

test("a pattern exports all metrics of a run for TensorBoard, a folder per stage, the same twice", async () => {
  const { stages } = JSON.parse(await answer("export", "*", "logs", "--format", "tensorboard", "--json")) as {
    readonly stages: ReadonlyArray<{ readonly id: string; readonly files: ReadonlyArray<{ readonly name: string }> }>
  }
  expect(stages.map(({ id }) => id)).toEqual(["arms.seed=1.run", "arms.seed=2.run"])
  expect((await readdir(join(project.folder, "logs"))).sort()).toEqual(["arms.seed=1.run", "arms.seed=2.run"])
  const name = stages[1]?.files[0]?.name ?? ""
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.metrics$/)
  await answer("export", "arms.*=2.run", "other", "--format", "tensorboard")
  expect(await text("other/arms.seed=2.run", name)).toBe(await text("logs/arms.seed=2.run", name))
})

test.each([
  [
    ["export", "pairs", "no", "--format", "tensorboard"],
    "stage pairs has no metrics to export as tensorboard; its outputs: preferences (preferences); --format can be parquet, csv, jsonl, datasets, trl, trl-implicit, trl-conversational, kto",
  ],
  [
    ["export", "arms.seed=1.run", "no", "--format", "csv", "-o", "notes"],
    "has no table to export as csv; its outputs: notes (notes); export them without --format",
  ],
  [["export", "arms.*", "no", "--format", "kto"], 'none of the 2 stages that match "arms.*" has preferences to export for TRL'],
  [["export", "pairs", "no", "--format", "csv", "--token-ids"], "--token-ids adds columns to TRL's forms"],
  [
    ["export", "pairs", "no", "--format", "trl", "--token-ids"],
    "preferences has no token ids, because it was imported as text; export it without --token-ids",
  ],
])("%j is refused by what would work, exit code 2, and writes nothing", async (arguments_, message) => {
  const { code, stdout, stderr } = await project.assay(arguments_)
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  expect(stderr).toContain(message)
  expect(await readdir(join(project.folder, "no")).catch(() => [])).toEqual([])
})
