import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { ancestry, type FindRow, type Result, rowLineage } from "../../data/lineage/index.ts"
import { openTableWriter } from "../../data/parquet/index.ts"
import { findRow } from "../../data/query/index.ts"
import { preferences, prompts, responses } from "../../data/schema/index.ts"
import type { Columns, Row } from "../../dsl/column.ts"

/**
 * text, prompts, gold → sft → policy; policy, prompts → sample → responses; responses, gold → label
 * → pairs
 */
const results: ReadonlyArray<Result> = [
  {
    key: "key of label",
    stage: "label",
    parameters: { pairing: "untied" },
    inputs: [
      { port: "responses", artifact: "responses", digest: "responses" },
      { port: "judge", artifact: "gold-judge", digest: "gold" },
    ],
    outputs: [{ name: "preferences", artifact: "preferences", digest: "pairs" }],
  },
  {
    key: "key of sample",
    stage: "sample",
    parameters: { perPrompt: 2, seed: 7 },
    inputs: [
      { port: "policy", artifact: "policy", digest: "policy" },
      { port: "prompts", artifact: "prompts", digest: "prompts" },
    ],
    outputs: [{ name: "responses", artifact: "responses", digest: "responses" }],
  },
  {
    key: "key of sft",
    stage: "sft",
    parameters: { steps: 600, seed: 1 },
    inputs: [{ port: "corpus", artifact: "text", digest: "text" }],
    outputs: [
      { name: "policy", artifact: "policy", digest: "policy" },
      { name: "metrics", artifact: "metrics", digest: "metrics" },
    ],
  },
  {
    key: "key of another sft with the same outcome",
    stage: "sft",
    parameters: { steps: 600, seed: 2 },
    inputs: [{ port: "corpus", artifact: "text", digest: "other text" }],
    outputs: [{ name: "policy", artifact: "policy", digest: "policy" }],
  },
  {
    key: "key of optimize-online",
    stage: "optimize-online",
    parameters: { seed: 3 },
    inputs: [
      { port: "reference", artifact: "policy", digest: "policy" },
      { port: "prompts", artifact: "prompts", digest: "prompts" },
      { port: "judge", artifact: "proxy-judge", digest: "proxy" },
    ],
    outputs: [{ name: "stream", artifact: "preferences", digest: "stream" }],
  },
]

describe("an artifact", () => {
  test("comes from all that it was made of, each once, the nearest first", () => {
    const found = ancestry("pairs", results)
    expect(found.map(({ digest, distance }) => [digest, distance])).toEqual([
      ["pairs", 0],
      ["responses", 1],
      ["gold", 1],
      ["policy", 2],
      ["prompts", 2],
      ["text", 3],
    ])
    expect(found.map(({ from }) => from?.result.stage ?? null)).toEqual(["label", "sample", null, "sft", null, null])
    expect(found[2]).toEqual({ digest: "gold", artifact: "gold-judge", from: null, distance: 1 })
    expect(found[3]?.from).toMatchObject({ output: "policy", result: { key: "key of sft", parameters: { seed: 1 } } })
  })

  test("that several results gave comes from the first of them", () => {
    expect(ancestry("policy", results).map(({ digest }) => digest)).toEqual(["policy", "text"])
    expect(ancestry("policy", results.toReversed()).map(({ digest }) => digest)).toEqual(["policy", "other text"])
  })

  test("that is unknown comes from nowhere", () => expect(ancestry("unheard of", results)).toEqual([]))
})

describe("a row", () => {
  let folder: string
  let find: FindRow
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-lineage-"))
    const write = async <const C extends Columns>(name: string, columns: C, rows: ReadonlyArray<Row<C>>) => {
      const writer = await openTableWriter(join(folder, name), columns)
      await writer.append(rows)
      await writer.close()
    }
    await write("prompts", prompts, [
      { prompt_id: 4, prompt: "it was", split: "train" },
      { prompt_id: 9, prompt: 'O\'Hara "said"', split: "train" },
    ])
    const response = (prompt_id: number, prompt: string, sample_index: number, text: string): Row<typeof responses> => ({
      prompt_id,
      sample_index,
      prompt,
      response: text,
      token_ids: Int32Array.of(1, 2),
      logp_policy: -1,
      logp_behaviour: -1,
      truncated_prompt_tokens: 0,
      tokens: 2,
      finish_reason: "stop",
      policy_key: "policy",
      position: 0,
      seed: 7,
    })
    await write("responses", responses, [
      response(4, "it was", 0, " so; --"),
      response(4, "it was", 1, " no"),
      response(9, 'O\'Hara "said"', 0, " no"),
      response(9, 'O\'Hara "said"', 1, " 'yes'"),
    ])
    const pair = (pair_id: number, prompt: string, chosen: string, rejected: string, rest: Partial<Row<typeof preferences>> = {}) => ({
      pair_id,
      prompt,
      chosen,
      rejected,
      chosen_token_ids: new Int32Array(),
      rejected_token_ids: new Int32Array(),
      score_chosen: 1,
      score_rejected: 0,
      p_chosen: 1,
      tie: false,
      source: "gold",
      judge_key: "gold",
      judge_labels: null,
      annotators: null,
      logp_chosen: null,
      logp_rejected: null,
      policy_key: "policy",
      step: 0,
      position: pair_id,
      ...rest,
    })
    await write("pairs", preferences, [pair(0, "it was", " so; --", " no"), pair(1, 'O\'Hara "said"', " 'yes'", " no")])
    await write("stream", preferences, [pair(0, "it was", " well", " ill", { policy_key: null, judge_key: "proxy", step: 5 })])
    const tables = ["prompts", "responses", "pairs", "stream"]
    find = async (digest, where) => (tables.includes(digest) ? findRow(join(folder, digest), where) : undefined)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test("of labelled pairs comes from two responses, their policy and seed, the judge, and a row of the corpus", async () => {
    const found = await rowLineage("pairs", 1, results, find)
    expect(found).toMatchObject({
      as: "row",
      row: 1,
      judge: { digest: "gold", from: null },
      policy: { digest: "policy", from: { result: { stage: "sft" } } },
      seed: null,
      sources: [
        {
          as: "chosen",
          artifact: "responses",
          row: 3,
          seed: 7,
          cells: { sample_index: 1 },
          sources: [{ as: "prompt", row: 1, cells: { prompt_id: 9 } }],
        },
        {
          as: "rejected",
          artifact: "responses",
          row: 2,
          policy: { digest: "policy" },
          sources: [{ as: "prompt", digest: "prompts", row: 1 }],
        },
      ],
    })
    expect(found?.sources).toHaveLength(2)
  })

  test("of a stream comes from the corpus, the judge, and the seed of the stage that wrote it", async () => {
    expect(await rowLineage("stream", 0, results, find)).toMatchObject({
      judge: { digest: "proxy" },
      policy: null,
      seed: 3,
      cells: { step: 5 },
      sources: [{ as: "prompt", artifact: "prompts", row: 0, cells: { prompt: "it was" }, sources: [] }],
    })
  })

  test("that is not there has no lineage", async () => {
    expect(await rowLineage("pairs", 2, results, find)).toBeUndefined()
    expect(await rowLineage("policy", 0, results, find)).toBeUndefined()
  })
})
