import type { Json } from "../../dsl/canonical.ts"
import type { Ancestor, RowLineage } from "../../runtime/index.ts"
import { cutEnd } from "../../runtime/observe/apart.ts"
import { cellText } from "./cell.ts"

/** Ids of stages in a run, by the keys of their results. */
export type Names = ReadonlyMap<string, string>

/** An artifact of a run: the stage that made it and the name of the output; of a file from outside the name that the pipeline has for it. */
export interface Named {
  readonly id: string | null
  readonly name: string
  readonly artifact: string
  readonly rows: number | null
}

/** By logical digest. */
export type Artifacts = ReadonlyMap<string, Named>

/** A row with its cells, who spoke and who judged, and below it, further in, the rows that it was made of. */
export const rowText = (lineage: RowLineage, artifacts: Artifacts, names: Names, width: number): string =>
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
    ...Object.entries(cells).flatMap(([name, cell]) => (cell === null || isNamed(name) ? [] : [`  ${name}: ${cellText(cell as Json)}`])),
    ...(policy === null ? [] : [`  policy: ${nameOf(policy, names)}`]),
    ...(judge === null ? [] : [`  judge: ${nameOf(judge, names)}`]),
    ...(seed === null ? [] : [`  seed: ${seed}`]),
  ]
  const below = sources.flatMap((source) => lines(source, artifacts, names).map((line) => `  ${line}`))
  return [`${as}: row ${row} of ${artifact}${by}`, ...facts, ...below]
}

/** Columns whose meaning is said in words below. */
const isNamed = (column: string): boolean => ["policy_key", "judge_key", "seed"].includes(column)

const nameOf = ({ digest, artifact, from }: Ancestor, names: Names): string =>
  from === null
    ? `${artifact} ${digest.slice(0, 8)}, a file from outside`
    : `${names.get(from.result.key) ?? from.result.stage} (${from.output}), ${artifact} ${digest.slice(0, 8)}`
