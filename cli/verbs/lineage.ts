import { Effect, Option } from "effect"
import { type Ancestor, artifactLineage, Results, type RowLineage, type RunRecord, tableRowLineage } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import { type Artifacts, type Named, type Names, rowText } from "../print/lineage.ts"
import { counted } from "../print/number.ts"
import { print, printJson, screenWidth } from "../print/screen.ts"
import { tableText } from "../print/table.ts"
import { chosenOutputs, chosenRun, madeBy } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly artifact: string
  readonly output: Option.Option<string>
  readonly row: Option.Option<number>
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

/** What an artifact, or one row of it, was made of, back to the corpus. */
export const lineage = Effect.fn("assay lineage")(function* ({ artifact, output, row, pipeline, json }: Options) {
  const record = yield* chosenRun(pipeline)
  const names: Names = new Map(record.stages.flatMap(({ id, key }) => (key === null ? [] : [[key, id] as const])))
  const meant = yield* digestOf(record, artifact, output)
  if (Option.isNone(row)) {
    const [made, ...ancestors] = yield* artifactLineage(record, meant.digest)
    if (made === undefined) return yield* new UsageError({ message: `${artifact}: nothing is known of it in run ${record.run}` })
    if (json) return yield* printJson({ ...ancestorJson(made, names), ancestors: ancestors.map((each) => ancestorJson(each, names)) })
    yield* print(`${meant.title}\n\n${ancestorsText(ancestors, names, yield* artifactsBy(record))}`)
    return
  }
  if (row.value < 0) return yield* new UsageError({ message: `--row is ${row.value}: give a whole number from 0` })
  if (meant.rows === null) return yield* new UsageError({ message: `${meant.title}: is no table, so it has no rows` })
  const found = yield* tableRowLineage(record, meant.digest, row.value)
  if (found === undefined)
    return yield* new UsageError({ message: `${meant.title}: has ${counted(meant.rows, "row")}, and none is number ${row.value}` })
  if (json) return yield* printJson(rowJson(found, yield* artifactsBy(record), names))
  yield* print(rowText(found, yield* artifactsBy(record), names, screenWidth()))
}, withRuntime)

/** The artifact that is meant: by the id of its stage, or by (the start of) its digest, as columns such as policy_key hold it. */
const digestOf = Effect.fnUntraced(function* (record: RunRecord, wanted: string, output: Option.Option<string>) {
  if (/^[0-9a-f]{8,64}$/.test(wanted)) {
    for (const [digest, { id, name, artifact, rows }] of yield* artifactsBy(record))
      if (digest.startsWith(wanted)) return { digest, rows, title: `${id === null ? "" : `${id}, `}${name}: ${artifact}` }
  }
  const made = yield* madeBy(record, wanted)
  const outputs = yield* chosenOutputs(made, output)
  const [only] = outputs
  if (only === undefined || outputs.length > 1) {
    const names = outputs.map(({ name }) => name).join(", ")
    return yield* new UsageError({ message: `stage ${made.id}: made several artifacts: name one with --output: ${names}` })
  }
  const { digest, rows = null, artifact } = only.stored
  return { digest, rows, title: `${made.id}, ${only.name}: ${artifact}` }
})

/** Every artifact of a run by its digest, and the files from outside. */
const artifactsBy = Effect.fnUntraced(function* (run: RunRecord) {
  const found = new Map<string, Named>()
  for (const [id, manifest] of yield* (yield* Results).of(run)) {
    for (const [name, { digest, artifact, rows = null }] of Object.entries(manifest.outputs))
      if (!found.has(digest)) found.set(digest, { id, name, artifact, rows })
    for (const { digest, file } of manifest.outside ?? [])
      if (!found.has(digest)) found.set(digest, { id: null, name: file, artifact: "file from outside", rows: null })
  }
  return found
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

const ancestorsText = (ancestors: ReadonlyArray<Ancestor>, names: Names, artifacts: Artifacts): string => {
  if (ancestors.length === 0) return "made of nothing else"
  const rows = ancestors.map(({ digest, artifact, from, distance }) => [
    distance,
    artifact,
    from === null
      ? (artifacts.get(digest)?.name ?? "a file from outside")
      : `${names.get(from.result.key) ?? from.result.stage}${from.output === "" ? "" : ` (${from.output})`}`,
    digest.slice(0, 8),
    from === null ? null : parametersText(from.result.parameters),
  ])
  return tableText(["steps", "artifact", "made by", "digest", "parameters"], rows, screenWidth())
}

const parametersText = (parameters: Readonly<Record<string, unknown>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ")

const rowJson = (lineage: RowLineage, artifacts: Artifacts, names: Names): object => {
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
