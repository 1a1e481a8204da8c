import { Effect, Option } from "effect"
import { type Ancestor, artifactLineage, Results, type RowLineage, type RunRecord, tableRowLineage } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { type ArtifactName, type Artifacts, formatRow, type Names } from "../print/lineage.ts"
import { pluralize } from "../print/number.ts"
import { print, printJson, screenWidth } from "../print/screen.ts"
import { formatTable } from "../print/table.ts"
import { findResult, findRun, selectOutputs } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

/** Traces an artifact, or one row of it, back to the corpus. */
export const lineage = Effect.fn("assay lineage")(function* ({ artifact, output, row, pipeline, json }: Options<"lineage">) {
  const record = yield* findRun(pipeline)
  const names: Names = new Map(record.stages.flatMap(({ id, key }) => (key === null ? [] : [[key, id] as const])))
  const target = yield* findArtifact(record, artifact, output)
  if (Option.isNone(row)) {
    const [itself, ...ancestors] = yield* artifactLineage(record, target.digest)
    if (itself === undefined) return yield* new UsageError({ message: `${artifact} was not found in run ${record.run}` })
    // Without `--row`: the artifact and what it was made from.
    if (json)
      return yield* printJson({
        ...ancestorJson(itself, names),
        ancestors: ancestors.map((ancestor) => ancestorJson(ancestor, names)),
      })
    yield* print(`${target.title}\n\n${formatAncestors(ancestors, names, yield* artifactsBy(record))}`)
    return
  }
  if (row.value < 0) return yield* new UsageError({ message: `--row is ${row.value}: expected an integer of at least 0` })
  if (target.rows === null) return yield* new UsageError({ message: `${target.title} is not a table: it has no rows` })
  const rowLineage = yield* tableRowLineage(record, target.digest, row.value)
  if (rowLineage === undefined)
    return yield* new UsageError({
      message: `${target.title} has ${pluralize(target.rows, "row")}, counted from 0; row ${row.value} was not found`,
    })
  // With `--row`: the row and the rows that it was made from.
  if (json) return yield* printJson(rowJson(rowLineage, yield* artifactsBy(record), names))
  yield* print(formatRow(rowLineage, yield* artifactsBy(record), names, screenWidth()))
}, withRuntime)

/**
 * Finds an artifact by the id of its stage, or by its digest or the start of it, as in columns such
 * as policy_key.
 */
const findArtifact = Effect.fnUntraced(function* (record: RunRecord, wanted: string, output: Option.Option<string>) {
  if (/^[0-9a-f]{8,64}$/.test(wanted)) {
    for (const [digest, { id, name, artifact, rows }] of yield* artifactsBy(record))
      if (digest.startsWith(wanted)) return { digest, rows, title: `${id === null ? "" : `${id}, `}${name}: ${artifact}` }
  }
  const result = yield* findResult(record, wanted)
  const outputs = yield* selectOutputs(result, output)
  const [only] = outputs
  if (only === undefined || outputs.length > 1) {
    const names = outputs.map(({ name }) => name).join(", ")
    return yield* new UsageError({ message: `stage ${result.id} made several artifacts; name one with --output: ${names}` })
  }
  const { digest, rows = null, artifact } = only.stored
  return { digest, rows, title: `${result.id}, ${only.name}: ${artifact}` }
})

/** Every artifact of a run by its digest, external files included. */
const artifactsBy = Effect.fnUntraced(function* (run: RunRecord) {
  const artifacts = new Map<string, ArtifactName>()
  for (const [id, manifest] of yield* (yield* Results).of(run)) {
    for (const [name, { digest, artifact, rows = null }] of Object.entries(manifest.outputs))
      if (!artifacts.has(digest)) artifacts.set(digest, { id, name, artifact, rows })
    for (const { digest, file } of manifest.outside ?? [])
      if (!artifacts.has(digest)) artifacts.set(digest, { id: null, name: file, artifact: "external file", rows: null })
  }
  return artifacts
})

const ancestorJson = ({ digest, artifact, from, distance }: Ancestor, names: Names) => ({
  id: from === null ? null : (names.get(from.result.key) ?? null),
  stage: from?.result.stage ?? null,
  output: from?.output ?? null,
  artifact,
  digest,
  distance,
  parameters: from?.result.parameters ?? null,
})

const formatAncestors = (ancestors: ReadonlyArray<Ancestor>, names: Names, artifacts: Artifacts): string => {
  if (ancestors.length === 0) return "made from nothing else"
  const rows = ancestors.map(({ digest, artifact, from, distance }) => [
    distance,
    artifact,
    from === null
      ? (artifacts.get(digest)?.name ?? "an external file")
      : `${names.get(from.result.key) ?? from.result.stage}${from.output === "" ? "" : ` (${from.output})`}`,
    digest.slice(0, 8),
    from === null ? null : formatParameters(from.result.parameters),
  ])
  return formatTable(["steps", "artifact", "made by", "digest", "parameters"], rows, screenWidth())
}

const formatParameters = (parameters: Readonly<Record<string, unknown>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ")

/** A row and the rows that it was made of, each with its own. */
interface RowJson {
  readonly as: string
  readonly id: string | null
  readonly output: string | null
  readonly artifact: string
  readonly digest: string
  readonly row: number
  readonly cells: RowLineage["cells"]
  readonly policy: ReturnType<typeof ancestorJson> | null
  readonly judge: ReturnType<typeof ancestorJson> | null
  readonly seed: RowLineage["seed"]
  readonly sources: ReadonlyArray<RowJson>
}

const rowJson = (lineage: RowLineage, artifacts: Artifacts, names: Names): RowJson => {
  const { digest, artifact, as, row, cells, policy, judge, seed, sources } = lineage
  const { id = null, name = null } = artifacts.get(digest) ?? {}
  return {
    as,
    id,
    output: name,
    artifact,
    digest,
    row,
    cells,
    policy: policy === null ? null : ancestorJson(policy, names),
    judge: judge === null ? null : ancestorJson(judge, names),
    seed,
    sources: sources.map((source) => rowJson(source, artifacts, names)),
  }
}
