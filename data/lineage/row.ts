import { type Ancestor, ancestry, type Result } from "./ancestry.ts"
import { type Link, links } from "./links.ts"

/** A row of a stored table; `row` counts from 0. */
export interface FoundRow {
  readonly row: number
  readonly cells: Readonly<Record<string, unknown>>
}

/** A row by its number, or the first whose cells have these values. */
export type RowCondition = { readonly row: number } | { readonly cells: Readonly<Record<string, unknown>> }

/** Looks up a row of the table of this logical digest; undefined if there is none, or no such table. */
export type FindRow = (digest: string, where: RowCondition) => Promise<FoundRow | undefined>

/** A row and where it is from. */
export interface RowLineage extends FoundRow {
  /** The table's logical digest and the name of its type. */
  readonly digest: string
  readonly artifact: string
  /** What the row is to the one that was traced to it: "chosen", "prompt", …; "row" for the first. */
  readonly as: string
  /** The artifacts that spoke and judged, where the row names them. */
  readonly policy: Ancestor | null
  readonly judge: Ancestor | null
  /** The seed of the row's random numbers: its own, or that of the stage that made the table. */
  readonly seed: number | null
  readonly sources: ReadonlyArray<RowLineage>
}

/**
 * A row traced back through the columns that tables share: a pair to its two responses, their policy and seed, its judge, and the
 * row of the corpus that holds the prompt. Undefined if the row does not exist. Of equal responses to one prompt the first is named.
 */
export const rowLineage = async (
  digest: string,
  row: number,
  results: ReadonlyArray<Result>,
  find: FindRow,
): Promise<RowLineage | undefined> => {
  const found = await find(digest, { row })
  return found === undefined ? undefined : trace(digest, "row", found, results, find)
}

const trace = async (
  digest: string,
  as: string,
  found: FoundRow,
  results: ReadonlyArray<Result>,
  find: FindRow,
): Promise<RowLineage | undefined> => {
  const [table, ...ancestors] = ancestry(digest, results)
  if (table === undefined) return undefined
  const { cells } = found
  const named = (column: string): Ancestor | null => {
    const key = cells[column]
    return typeof key === "string" ? (ancestry(key, results)[0] ?? null) : null
  }
  const sources: Array<RowLineage> = []
  for (const link of links) {
    if (link.from !== table.artifact || (link.as === "prompt" && sources.some(reaches(link.to)))) continue
    const source = await follow(link, cells, ancestors, results, find)
    if (source !== undefined) sources.push(source)
  }
  return {
    ...found,
    digest,
    artifact: table.artifact,
    as,
    policy: named("policy_key"),
    judge: named("judge_key"),
    seed: number(cells.seed) ?? number(table.from?.result.parameters.seed),
    sources,
  }
}

/** The row at the other end of a link, in the nearest table that has it. */
const follow = async (
  { to, as, columns }: Link,
  cells: FoundRow["cells"],
  ancestors: ReadonlyArray<Ancestor>,
  results: ReadonlyArray<Result>,
  find: FindRow,
): Promise<RowLineage | undefined> => {
  const wanted = Object.fromEntries(Object.entries(columns).map(([theirs, ours]) => [theirs, cells[ours]]))
  for (const { digest, artifact } of ancestors) {
    if (artifact !== to) continue
    const found = await find(digest, { cells: wanted })
    if (found !== undefined) return trace(digest, as, found, results, find)
  }
  return undefined
}

const reaches =
  (artifact: string) =>
  (row: RowLineage): boolean =>
    row.artifact === artifact || row.sources.some(reaches(artifact))

const number = (value: unknown): number | null => (typeof value === "number" ? value : null)
