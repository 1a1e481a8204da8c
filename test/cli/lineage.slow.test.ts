import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openProject, type Project, removeProject } from "./project.ts"

const stages = `
import { stage } from "assay"
import { Prompts, Responses } from "assay/stages"
import { Schema } from "effect"
export const speak = stage({ name: "speak", inputs: { prompts: Prompts }, parameters: { seed: Schema.Int }, outputs: { responses: Responses }, run: () => import("./speak.ts") })
`

/**
 * Of three prompts: a good and a bad response, two good ones that are the same, and a bad and a
 * good one.
 */
const speak = `
export const run = async ({ inputs, outputs, parameters: { seed } }) => {
  const said = [["a wonderful film", "an awful film"], ["a great film", "a great film"], ["a terrible film", "an excellent film"]]
  const prompts = await inputs.prompts.read()
  const row = ({ prompt_id, prompt }, sample_index, response) => ({
    prompt_id, sample_index, prompt, response, token_ids: Int32Array.of(1), logp_policy: -1, logp_behaviour: -1, truncated_prompt_tokens: 0, tokens: 1,
    finish_reason: "stop", policy_key: inputs.prompts.digest, position: prompt_id, seed,
  })
  for (const [n, responses] of said.entries()) await outputs.responses.append(responses.map((text, index) => row(prompts[n], index, text)))
}
`

const pipeline = `
import { pipeline } from "assay"
import { corpus, label } from "assay/stages"
import { speak } from "./speak-stage.ts"
export default pipeline("labelled", () => {
  const task = corpus({ task: "sentiment" })
  const responses = speak({ prompts: task.prompts, seed: 7 })
  return { responses, pairs: label({ responses, judge: task.gold, pairing: "all" }) }
})
`

let project: Project
beforeAll(async () => {
  project = await openProject()
  await project.write("speak-stage.ts", stages)
  await project.write("speak.ts", speak)
  await project.write("labelled.ts", pipeline)
  const { code, stderr } = await project.assay(["run", "labelled.ts"])
  expect(code, stderr).toBe(0)
})
afterAll(() => removeProject(project))

const answer = async (...arguments_: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await project.assay(arguments_)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return stdout
}

interface Row {
  readonly as: string
  readonly id: string
  readonly row: number
  readonly cells: Readonly<Record<string, unknown>>
  readonly seed: number | null
  readonly judge: { readonly artifact: string } | null
  readonly sources: ReadonlyArray<Row>
}

test("lineage names all that an artifact was made of, the nearest first", async () => {
  const text = await answer("lineage", "pairs")
  expect(text.split("\n")[0]).toBe("pairs, preferences: preferences")
  expect(text).toMatch(/^ +1 {2}responses +responses \(responses\) +[0-9a-f]{8} {2}seed 7$/m)
  const json = JSON.parse(await answer("lineage", "pairs", "--json")) as {
    readonly ancestors: ReadonlyArray<{ readonly artifact: string; readonly distance: number; readonly id: string | null }>
  }
  expect(json.ancestors.map(({ artifact, distance }) => [artifact, distance])).toEqual(
    expect.arrayContaining([
      ["responses", 1],
      ["gold-judge", 1],
      ["prompts", 2],
    ]),
  )
})

test("lineage of a row leads to its two responses, their seed, its judge and the prompt in the corpus", async () => {
  const found = JSON.parse(await answer("lineage", "pairs", "--row", "0", "--json")) as Row
  expect(found).toMatchObject({ as: "row", id: "pairs", row: 0, judge: { artifact: "gold-judge" } })
  const [chosen, rejected] = found.sources
  expect(chosen).toMatchObject({ as: "chosen", id: "responses", row: 0, seed: 7, cells: { response: "a wonderful film" } })
  expect(rejected).toMatchObject({ as: "rejected", row: 1, cells: { response: "an awful film" } })
  expect(chosen?.sources).toMatchObject([{ as: "prompt", row: 0, cells: { prompt: found.cells.prompt } }])
  const text = await answer("lineage", "pairs", "--row", "0")
  expect(text).toMatch(/^ {2}chosen: row 0 of responses \(responses, responses\)$/m)
  expect(text).toMatch(/^ {4}prompt: row 0 of prompts \(assay:data\/corpora\/sentiment\/.*\)$/m)
  expect(text.split("\n").every((line) => [...line].length <= 80)).toBe(true)
})

test("an artifact is also found by the digest that a column of another names", async () => {
  const { cells } = JSON.parse(await answer("lineage", "responses", "--row", "0", "--json")) as Row
  const text = await answer("lineage", String(cells.policy_key).slice(0, 12))
  expect(text.split("\n")[0]).toMatch(/^assay:data\/corpora\/sentiment\/.*: external file$/)
})

test.each([
  [["lineage", "pairs", "--row", "9"], "has 3 rows, counted from 0; row 9 was not found"],
  [["lineage", "pairs", "--row", "-1"], "expected an integer of at least 0"],
  [["lineage", "pears"], "did you mean pairs?"],
  [["export", "responses", "out", "--format", "trl"], "has no preferences to export for TRL; its outputs: responses (responses)"],
  [["export", "pairs", "out", "--format", "xml"], "format"],
])("%j is answered by what is wrong, and exit code 2", async (arguments_, message) => {
  const { code, stdout, stderr } = await project.assay(arguments_)
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  expect(stderr).toContain(message)
  expect(stderr.trim().split("\n")).toHaveLength(1)
})

test("export --format trl writes a pair a line, leaves out ties and says so, and replaces no file", async () => {
  const text = await answer("export", "pairs", "trl", "--format", "trl")
  expect(text).toMatch(/^trl\/preferences\.jsonl {2}\d+ B\n1 tie left out/)
  expect(await readdir(join(project.folder, "trl"))).toEqual(["preferences.jsonl"])
  const lines = (await readFile(join(project.folder, "trl/preferences.jsonl"), "utf8")).trimEnd().split("\n")
  const pairs = lines.map((line) => JSON.parse(line) as Record<string, string>)
  expect(pairs.map((pair) => [Object.keys(pair), pair.chosen, pair.rejected])).toEqual([
    [["prompt", "chosen", "rejected"], "a wonderful film", "an awful film"],
    [["prompt", "chosen", "rejected"], "an excellent film", "a terrible film"],
  ])
  const again = await project.assay(["export", "pairs", "trl", "--format", "trl"])
  expect(again.code).toBe(2)
  expect(again.stderr).toContain("already exists")
})
