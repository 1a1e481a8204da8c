import type { Run } from "assay"
import type { PreferenceRow } from "../../data/schema/index.ts"
import { permutation } from "../../engine/random/philox.ts"
import type { shuffle } from "./shuffle.stage.ts"

export const run: Run<typeof shuffle> = async ({ inputs, parameters, outputs }) => {
  const { window, seed } = parameters
  const rows = [...(await inputs.preferences.read())].sort((a, b) => a.step - b.step || a.position - b.position)
  for (const [index, places] of windows(rows, window).entries()) {
    const order = permutation(places.length, seed, "pairs of a window", index)
    // Places stay, pairs move.
    await outputs.preferences.append(
      places.map(({ step, position }, place) => ({ ...(places[order[place] as number] as PreferenceRow), step, position })),
    )
  }
}

/** Rows of so many consecutive steps each; the last window may have fewer. */
const windows = (rows: ReadonlyArray<PreferenceRow>, size: number | "all"): ReadonlyArray<ReadonlyArray<PreferenceRow>> => {
  if (size === "all") return [rows]
  const cut: Array<Array<PreferenceRow>> = []
  let steps = 0
  let last: number | undefined
  for (const row of rows) {
    if (row.step !== last && steps++ % size === 0) cut.push([])
    last = row.step
    cut.at(-1)?.push(row)
  }
  return cut
}
