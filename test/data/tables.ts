import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { openTableWriter } from "../../data/parquet/index.ts"
import type { PreferenceRow } from "../../data/schema/index.ts"
import type { Columns, Row } from "../../dsl/column.ts"

/** A folder for the tests of one file: `at` gives a path in it, `write` a table. */
export const tablesFolder = () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-parquet-"))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const at = (name: string): string => join(folder, name)
  const write = async <const C extends Columns>(name: string, columns: C, ...parts: ReadonlyArray<ReadonlyArray<Row<C>>>) => {
    const path = at(name)
    const writer = await openTableWriter(path, columns)
    for (const rows of parts) await writer.append(rows)
    return { path, ...(await writer.close()) }
  }
  return { at, write }
}

export const preference = (index: number): PreferenceRow => ({
  pair_id: index,
  prompt: `prompt ${index % 97}`,
  chosen: index % 5 === 0 ? ` naïve ${index} 漢字 😀` : ` plain ${index}`,
  rejected: "",
  chosen_token_ids: Int32Array.from({ length: index % 7 }, (_, place) => index * place),
  rejected_token_ids: new Int32Array(0),
  score_chosen: index / 3,
  score_rejected: index % 2 === 0 ? null : -index,
  p_chosen: null,
  tie: index % 3 === 0,
  source: "gold",
  judge_key: "key",
  judge_labels: null,
  annotators: null,
  logp_chosen: null,
  logp_rejected: null,
  policy_key: index % 4 === 0 ? null : "policy",
  step: index >> 5,
  position: index & 31,
})

export const preferenceRows = (count: number): ReadonlyArray<PreferenceRow> =>
  Array.from({ length: count }, (_, index) => preference(index))
