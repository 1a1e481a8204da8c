import { beforeAll, expect, test } from "vitest"
import type { Page } from "../../data/grid/index.ts"
import type { Manifest } from "../../runtime/index.ts"
import type { GenerationsPage, Lineage, ResponseSets } from "../../serve/api.ts"
import { project } from "../runtime/project.ts"
import { type Served, serveStore } from "./server.ts"
import { publishTable, recordRun } from "./stored.ts"

let served: Served
let made: Readonly<Record<"prompts" | "responses" | "pairs" | "judged" | "evaluated", Manifest>>
let run = ""
const text = "ab".repeat(32)
const digestOf = (manifest: Manifest, output: string) => manifest.outputs[output]?.digest ?? ""
beforeAll(async () => {
  const folder = project({})
  const prompts = await publishTable(folder, "SELECT range AS prompt_id, 'p' || range AS prompt FROM range(3)", {
    artifact: "prompts",
    output: "prompts",
    stage: "corpus",
    inputs: { text: { artifact: "text", digest: text } },
    outside: [{ digest: text, file: "texts/stories.jsonl" }],
  })
  const responses = await publishTable(
    folder,
    "SELECT p.range AS prompt_id, 'p' || p.range AS prompt, r.range || ' to p' || p.range AS response, r.range * 1.5 AS score FROM range(3) p, range(2) r ORDER BY 1, 3",
    {
      artifact: "responses",
      output: "responses",
      stage: "sample",
      parameters: { seed: 7 },
      inputs: { prompts: { artifact: "prompts", digest: digestOf(prompts, "prompts") } },
    },
  )
  const pairs = await publishTable(
    folder,
    // The ids are not the numbers of the rows.
    "SELECT 10 - range AS pair_id, 'p' || range AS prompt, '1 to p' || range AS chosen, '0 to p' || range AS rejected, 0.9 AS p_chosen FROM range(3)",
    {
      artifact: "preferences",
      output: "preferences",
      stage: "label",
      inputs: { responses: { artifact: "responses", digest: digestOf(responses, "responses") } },
    },
  )
  const judged = await publishTable(
    folder,
    "SELECT 8 + range AS pair_id, 'p' || (2 - range) AS prompt, '1 to p' || (2 - range) AS chosen, '0 to p' || (2 - range) AS rejected, 0.9 AS p_label, 0.2 AS p_judge, false AS tie FROM range(3)",
    {
      artifact: "judgements",
      output: "judgements",
      stage: "agreement",
      inputs: { preferences: { artifact: "preferences", digest: digestOf(pairs, "preferences") } },
    },
  )
  // As a version wrote it that did not keep the ratios of tokens, nor the lengths.
  const evaluated = await publishTable(
    folder,
    "SELECT s.range * 100 AS step, 'sft' AS against, p.range AS prompt_id, 'p' || p.range AS prompt, 'r' || s.range AS response, [1, 2]::INTEGER[] AS token_ids, (p.range + s.range)::DOUBLE AS score, 0.5::DOUBLE AS outcome FROM range(2) s, range(3) p ORDER BY 1, 3",
    {
      artifact: "evaluation",
      output: "evaluation",
      stage: "evaluate",
      inputs: { prompts: { artifact: "prompts", digest: digestOf(prompts, "prompts") } },
    },
  )
  made = { prompts, responses, pairs, judged, evaluated }
  run = (await recordRun(folder, made)).run
  served = await serveStore(folder)
})

const lineageOf = (manifest: Manifest, output: string, row?: number) =>
  served.get<Lineage>(`/runs/${run}/lineage?key=${manifest.key}&output=${output}${row === undefined ? "" : `&row=${row}`}`)

test("each ancestor names by port the ancestors that its stage took: the graph can be drawn from them alone", async () => {
  const { artifact, ancestors, row } = await lineageOf(made.judged, "judgements")
  expect([artifact, row]).toEqual(["judgements", null])
  expect(ancestors.map(({ id, distance, inputs }) => [id, distance, inputs])).toEqual([
    ["judged", 0, [{ port: "preferences", digest: digestOf(made.pairs, "preferences") }]],
    ["pairs", 1, [{ port: "responses", digest: digestOf(made.responses, "responses") }]],
    ["responses", 2, [{ port: "prompts", digest: digestOf(made.prompts, "prompts") }]],
    ["prompts", 3, [{ port: "text", digest: text }]],
    [null, 4, []],
  ])
  const known = new Set(ancestors.map(({ digest }) => digest))
  for (const { inputs } of ancestors) for (const { digest } of inputs) expect(known.has(digest)).toBe(true)
})

test("a file from outside has the name that the pipeline gave it", async () => {
  const { ancestors } = await lineageOf(made.pairs, "preferences")
  expect(ancestors.map(({ id, file }) => [id, file])).toEqual([
    ["pairs", null],
    ["responses", null],
    ["prompts", null],
    [null, "texts/stories.jsonl"],
  ])
})

test("a judgement leads to the pair that it judges, its responses, their seed and the row of the corpus", async () => {
  const { row } = await lineageOf(made.judged, "judgements", 0)
  expect(row).toMatchObject({ artifact: "judgements", row: 0, cells: { pair_id: 8, prompt: "p2" } })
  expect(row?.sources).toMatchObject([
    {
      as: "pair",
      artifact: "preferences",
      id: "pairs",
      key: made.pairs.key,
      output: "preferences",
      row: 2,
      cells: { pair_id: 8, prompt: "p2", chosen: "1 to p2" },
      sources: [
        {
          as: "chosen",
          id: "responses",
          row: 5,
          seed: 7,
          cells: { response: "1 to p2" },
          sources: [{ as: "prompt", id: "prompts", row: 2 }],
        },
        { as: "rejected", id: "responses", row: 4, cells: { response: "0 to p2" } },
      ],
    },
  ])
  expect(row?.sources.length).toBe(1)
})

test("a row that is not there, and a number that is none, are said to be so", async () => {
  expect(await served.refused(`/runs/${run}/lineage?key=${made.judged.key}&output=judgements&row=3`)).toMatchObject({
    status: 404,
    message: "the table has no row 3",
  })
  for (const row of ["-1", "1.5", "x", "1e3", ""])
    expect((await served.refused(`/runs/${run}/lineage?key=${made.judged.key}&output=judgements&row=${row}`)).status).toBe(400)
})

test("an evaluation of a version that kept less is shown with the columns that it has", async () => {
  const at = `/results/${made.evaluated.key}/evaluation`
  const page = await served.post<Page>(`${at}/rows`, { offset: 0, limit: 10 })
  expect(page.columns.map(({ name }) => name)).not.toContain("token_log_ratios")
  expect(page.rows.map(({ cells }) => cells[0])).toEqual([0, 0, 0, 100, 100, 100])
  expect(await served.get<ResponseSets>(`${at}/response-sets`)).toEqual({ steps: [0, 100], against: ["sft"] })
  const responseSet = { key: made.evaluated.key, output: "evaluation" }
  const ask = (more: object) =>
    served.post<GenerationsPage>("/generations", {
      run,
      responseSets: [{ ...responseSet, step: 0 }, responseSet],
      order: "prompt",
      offset: 0,
      limit: 9,
      ...more,
    })
  const { prompts } = await ask({})
  expect(prompts.map(({ prompt, answers }) => [prompt, answers.map(([answer]) => [answer?.response, answer?.score])])).toEqual([
    [
      "p0",
      [
        ["r0", 0],
        ["r1", 1],
      ],
    ],
    [
      "p1",
      [
        ["r0", 1],
        ["r1", 2],
      ],
    ],
    [
      "p2",
      [
        ["r0", 2],
        ["r1", 3],
      ],
    ],
  ])
  expect(prompts[0]?.answers[1]?.[0]).toMatchObject({
    tokens: null,
    outcome: 0.5,
    proxyOutcome: null,
    kl: null,
    length: null,
    finishReason: null,
  })
  for (const order of ["log-ratio", "longest", "disagreement", "gain"]) expect((await ask({ order })).total).toBe(3)
  const { row } = await lineageOf(made.evaluated, "evaluation", 4)
  expect(row?.sources).toMatchObject([{ as: "prompt", id: "prompts", row: 1 }])
})
