import { Effect } from "effect"
import type { DataFileError } from "../../data/error.ts"
import type { AddedColumn, ExtendedFile } from "../../data/query/index.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import type { RunRecord } from "../store/runs/record.ts"
import { Runs } from "../store/runs/runs.ts"
import type { WiredSource, WiredStage } from "../store/runs/wiring.ts"

/** Tables of a run that stand for one: those of a stage at all points of the sweeps around it. */
export interface RunTable {
  /** The id of the stage; without its axes where there are several. */
  readonly name: string
  readonly output: string
  /** The name of its artifact type. */
  readonly artifact: string
  /** In the order of the run. */
  readonly parts: ReadonlyArray<RunTablePart>
}

export interface RunTablePart {
  readonly id: string
  readonly manifest: Manifest
  readonly wired: WiredStage | null
}

/** The tables of a run that are in the store, in its order. */
export const runTables = Effect.fn("runTables")(function* (record: RunRecord) {
  const manifests = yield* (yield* Results).of(record)
  const wired = yield* wiredStages(record)
  const tables = new Map<string, RunTable & { readonly parts: Array<RunTablePart> }>()
  for (const { id } of record.stages) {
    const manifest = manifests.get(id)
    if (manifest === undefined) continue
    const part = { id, manifest, wired: wired.get(id) ?? null }
    for (const { output, artifact } of tablesIn(manifest)) {
      const name = part.wired?.group ?? id
      const place = JSON.stringify([name, output, artifact])
      const table = tables.get(place) ?? { name, output, artifact, parts: [] }
      tables.set(place, table)
      table.parts.push(part)
    }
  }
  return [...tables.values()] as ReadonlyArray<RunTable>
})

/** The tables of one stage of a run: no other result is looked at. */
export const stageTables = Effect.fn("stageTables")(function* (record: RunRecord, id: string, manifest: Manifest) {
  const part: RunTablePart = { id, manifest, wired: (yield* wiredStages(record)).get(id) ?? null }
  return tablesIn(manifest).map(({ output, artifact }): RunTable => ({ name: id, output, artifact, parts: [part] }))
})

const wiredStages = Effect.fnUntraced(function* ({ wiring: digest }: RunRecord) {
  const { wiring } = yield* Runs
  const kept = digest === undefined ? null : yield* wiring(digest)
  return new Map(kept?.stages.map((stage) => [stage.id, stage]))
})

const tablesIn = ({ outputs }: Manifest) =>
  Object.entries(outputs).flatMap(([output, { kind, artifact }]) => (kind === "table" ? [{ output, artifact }] : []))

/**
 * The files of a table, verified. Rows get the axes of the sweeps around their stage as columns;
 * rows about arms, as those of a figure's points, get the axes of their arm. What the table has
 * itself under the name of an axis stays. Fails as reading does.
 */
export const openRunTable = Effect.fn("openRunTable")(function* ({ output, parts }: Pick<RunTable, "output" | "parts">) {
  const { open } = yield* Results
  const { readColumns } = yield* Effect.promise(() => import("../../data/parquet/index.ts"))
  return yield* Effect.forEach(parts, ({ manifest, wired }) =>
    Effect.gen(function* () {
      const [file] = yield* open(manifest, output)
      if (file === undefined) return yield* Effect.die(new Error(`a table without a file: ${output} of ${manifest.key}`))
      const columns = yield* Effect.tryPromise({ try: () => readColumns(file.path), catch: (error) => error as DataFileError })
      const own = new Set(Object.keys(columns))
      const axes = Object.entries(axesOf(wired, own)).filter(([axis]) => !own.has(axis))
      return { path: file.path, added: Object.fromEntries(axes) } satisfies ExtendedFile
    }),
  )
})

/** The axes of a stage's own point, and those by which the arms that it was given differ. */
const axesOf = (wired: WiredStage | null, columns: ReadonlySet<string>): ExtendedFile["added"] => {
  if (wired === null) return {}
  const members = wired.inputs.flatMap(({ many, from }) => (many ? from : []))
  return { ...(isOfArms(columns) ? axesByArm(members) : {}), ...wired.at }
}

/** Whether rows are about arms, as the points of a frontier are. */
const isOfArms = (columns: ReadonlySet<string>): boolean => columns.has("arm") && columns.has("against")

/** Figures name an arm by its path and by the axes that tell arms apart, but for these. */
const notInNames: ReadonlySet<string> = new Set(["seed", "world", "beta"])

const axesByArm = (members: ReadonlyArray<WiredSource>): ExtendedFile["added"] => {
  const axes = new Set(members.flatMap(({ at = {} }) => Object.keys(at)))
  const isTelling = (axis: string) => !notInNames.has(axis) && new Set(members.map(({ at = {} }) => at[axis])).size > 1
  const telling = new Set([...axes].filter(isTelling))
  const nameOf = ({ path = [], at = {} }: WiredSource): string => {
    const values = Object.entries(at).flatMap(([axis, value]) => (telling.has(axis) ? [`${axis}=${value}`] : []))
    return [...path, ...values].join(" ") || "policy"
  }
  const columnOf = (axis: string): AddedColumn => ({
    by: "arm",
    values: Object.fromEntries(members.flatMap((member) => (member.at?.[axis] === undefined ? [] : [[nameOf(member), member.at[axis]]]))),
  })
  return Object.fromEntries([...axes].filter((axis) => axis === "beta" || !notInNames.has(axis)).map((axis) => [axis, columnOf(axis)]))
}
