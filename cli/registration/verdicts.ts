import { Effect } from "effect"
import { columnsOfTable, type KeptVerdicts, Results, type RunRecord, readTable } from "../../runtime/index.ts"

/** The artifact that holds verdicts. */
const artifact = "verdicts"

/** Characters of a cell; claims are shorter. */
const charactersPerCell = 4096

/**
 * The verdicts of a run, by the stage that gave them. Stages whose result is no longer in
 * the store are left out.
 */
export const verdictsOf = Effect.fnUntraced(function* (record: RunRecord) {
  const results = yield* Results
  const kept: Array<KeptVerdicts> = []
  for (const [stage, manifest] of yield* results.of({ stages: record.stages.filter((each) => each.stage === artifact) })) {
    const output = Object.entries(manifest.outputs).find(([, stored]) => stored.artifact === artifact && stored.kind === "table")?.[0]
    const [file] = output === undefined ? [] : yield* results.open(manifest, output)
    if (file === undefined) continue
    const columns = yield* columnsOfTable(file)
    const names = Object.keys(columns)
    const rows = yield* readTable(file, columns, charactersPerCell)
    kept.push({
      stage,
      run: record.run,
      rows: rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]))),
    })
  }
  return kept
})

/**
 * What a registration has answered: for each stage of verdicts, what the newest run of exactly what
 * was registered gave. Empty if there is none, or nothing of it is stored any more.
 */
export const answersOf = Effect.fnUntraced(function* (hash: string, runs: ReadonlyArray<RunRecord>) {
  const newest = new Map<string, KeptVerdicts>()
  for (const record of runs) {
    if (record.registration?.hash !== hash || record.registration.differences.length > 0) continue
    for (const kept of yield* verdictsOf(record)) if (!newest.has(kept.stage)) newest.set(kept.stage, kept)
  }
  return [...newest.values()].sort((a, b) => (a.stage < b.stage ? -1 : 1))
})
