import type { Json } from "../../dsl/canonical.ts"
import type { Ancestor, RowLineage } from "../../runtime/index.ts"
import { cutEnd } from "../../runtime/observe/apart.ts"
import { formatCell } from "./cell.ts"

/** Ids of stages in a run, by the keys of their results. */
export type Names = ReadonlyMap<string, string>

/**
 * An artifact of a run: the id of its stage and the name of the output; for an external file, null
 * and its path in the pipeline.
 */
export interface ArtifactName {
  readonly id: string | null
  readonly name: string
  readonly artifact: string
  readonly rows: number | null
}

/** By logical digest. */
export type Artifacts = ReadonlyMap<string, ArtifactName>

/**
 * A row with its cells, its policy, judge and seed, and below it, indented, the rows that it was
 * made from.
 */
export const formatRow = (lineage: RowLineage, artifacts: Artifacts, names: Names, width: number): string =>
  lines(lineage, artifacts, names)
    .map((line) => cutEnd(line, width))
    .join("\n")

const lines = (
  { as, row, artifact, digest, cells, policy, judge, seed, sources }: RowLineage,
  artifacts: Artifacts,
  names: Names,
): Array<string> => {
  const made = artifacts.get(digest)
  const by = made === undefined ? "" : ` (${made.id === null ? "" : `${made.id}, `}${made.name})`
  const facts = [
    ...Object.entries(cells).flatMap(([name, cell]) =>
      cell === null || isShownByName(name) ? [] : [`  ${name}: ${formatCell(cell as Json)}`],
    ),
    ...(policy === null ? [] : [`  policy: ${nameOf(policy, names)}`]),
    ...(judge === null ? [] : [`  judge: ${nameOf(judge, names)}`]),
    ...(seed === null ? [] : [`  seed: ${seed}`]),
  ]
  const below = sources.flatMap((source) => lines(source, artifacts, names).map((line) => `  ${line}`))
  return [`${as}: row ${row} of ${artifact}${by}`, ...facts, ...below]
}

/** Columns that are shown as policy, judge and seed instead. */
const isShownByName = (column: string): boolean => ["policy_key", "judge_key", "seed"].includes(column)

const nameOf = ({ digest, artifact, from }: Ancestor, names: Names): string =>
  from === null
    ? `${artifact} ${digest.slice(0, 8)}, an external file`
    : `${names.get(from.result.key) ?? from.result.stage} (${from.output}), ${artifact} ${digest.slice(0, 8)}`
