import type { Run } from "assay"
import { uniforms } from "../../engine/random/philox.ts"
import { exchangeResponses } from "./exchange.ts"
import type { mislabel } from "./mislabel.stage.ts"

export const run: Run<typeof mislabel> = async ({ inputs, parameters, outputs }) => {
  const { fraction, seed } = parameters
  const { preferences } = inputs
  const draws = uniforms(seed, "label noise", 0, new Float32Array(preferences.rows))
  let read = 0
  for await (const rows of preferences.batches()) {
    const from = read
    await outputs.preferences.append(
      rows.map((row, index) => ((draws[from + index] as number) < fraction && !row.tie ? exchangeResponses(row) : row)),
    )
    read += rows.length
  }
}
