import { Effect } from "effect"
import type { DataFileError, QueryError } from "../../data/error.ts"
import type { Ancestor, FindRow, Result, RowLineage } from "../../data/lineage/index.ts"
import type { Json, JsonObject } from "../../dsl/canonical.ts"
import { fileDigests } from "../disk/file-digest.ts"
import type { ObjectDamaged } from "../error.ts"
import { outsideFile } from "../fingerprint/outside-file.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import type { RunRecord } from "../store/runs/record.ts"

export type { Ancestor, RowLineage }

/** Where an artifact of a run comes from: itself and all that it was made of, the nearest first. */
export const artifactLineage = Effect.fn("artifactLineage")(function* (run: RunRecord, digest: string) {
  const { ancestry } = yield* lineage
  return ancestry(digest, (yield* manifestsOf(run)).map(resultOf))
})

/**
 * Where a row of a table comes from, through the rows of the tables that it was made of; undefined
 * if the table has fewer rows. `row` counts from 0. Files from outside are followed if they are
 * what they were. Fails with an ObjectDamaged if a table on the way is, and else as a query does.
 */
export const tableRowLineage: (
  run: RunRecord,
  digest: string,
  row: number,
) => Effect.Effect<RowLineage | undefined, ObjectDamaged | DataFileError | QueryError, Results | Settings> = Effect.fn("tableRowLineage")(
  function* (run, digest, row) {
    const { rowLineage } = yield* lineage
    const { findRow } = yield* Effect.promise(() => import("../../data/query/index.ts"))
    const manifests = yield* manifestsOf(run)
    const tables = new Map(
      manifests.flatMap((manifest) =>
        Object.entries(manifest.outputs).flatMap(([output, { kind, digest }]) =>
          kind === "table" ? [[digest, { manifest, output }] as const] : [],
        ),
      ),
    )
    const settings = yield* Settings
    const outside = new Map(manifests.flatMap((manifest) => (manifest.outside ?? []).map(({ digest, file }) => [digest, file] as const)))
    const context = yield* Effect.context<Results>()
    const find: FindRow = async (wanted, where) => {
      const table = tables.get(wanted)
      const file = outside.get(wanted)
      if (table === undefined) {
        const path = file === undefined ? null : unchanged(file, wanted, settings)
        return path === null ? undefined : findRow(path, where)
      }
      const opened = Effect.flatMap(Results, ({ open }) => open(table.manifest, table.output))
      const [stored] = await Effect.runPromiseWith(context)(opened)
      return stored === undefined ? undefined : findRow(stored.path, where)
    }
    return yield* Effect.tryPromise({
      try: () => rowLineage(digest, row, manifests.map(resultOf), find),
      catch: (error) => error as ObjectDamaged | DataFileError | QueryError,
    })
  },
)

/** The path of a file from outside, if it is there with what it held. */
const unchanged = (file: string, digest: string, settings: SettingsShape): string | null => {
  try {
    const found = outsideFile(file, settings, fileDigests(settings.cache))
    return found.digest === digest ? found.path : null
  } catch {
    return null
  }
}

/** Loaded when asked, as the database behind it. */
const lineage = Effect.promise(() => import("../../data/lineage/index.ts"))

const manifestsOf = (run: RunRecord) =>
  Effect.map(
    Effect.flatMap(Results, (results) => results.of(run)),
    (manifests) => [...manifests.values()],
  )

/** What a stage took and gave, as its fingerprint and its outputs tell. */
const resultOf = ({ key, stage, vector, outputs }: Manifest): Result => {
  const components = new Map(vector.map(({ component, value }) => [component, value]))
  const ports = (components.get("schemas") as unknown as { readonly inputs: Readonly<Record<string, Port>> }).inputs
  return {
    key,
    stage,
    parameters: components.get("parameters") as JsonObject,
    inputs: Object.entries(ports).flatMap(([port, { types }]) =>
      digestsOf(components.get(`inputs.${port}`) ?? null).map((digest) => ({ port, artifact: types[0]?.name ?? "file", digest })),
    ),
    outputs: Object.entries(outputs).map(([name, { artifact, digest }]) => ({ name, artifact, digest })),
  }
}

interface Port {
  readonly types: ReadonlyArray<{ readonly name: string }>
}

/** Of an input, or of all members of a collection. */
const digestsOf = (value: Json): ReadonlyArray<string> => {
  const values = Array.isArray(value) ? value : value === null ? [] : [value]
  return values.map((each) => (typeof each === "string" ? each : (each.digest as string)))
}
