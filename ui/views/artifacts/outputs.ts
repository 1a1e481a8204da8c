/** The outputs of a run: which fit what was typed, in groups and in an order. */

import type { RunDetails, StageOutput } from "../../../serve/api.ts"
import type { Sort } from "../../address/query.ts"

export interface RunOutput extends StageOutput {
  /** The id of the stage. */
  readonly id: string
  /** The name of the stage's declaration. */
  readonly stage: string
  readonly key: string
}

export const outputsOf = ({ stages }: Pick<RunDetails, "stages">): ReadonlyArray<RunOutput> =>
  stages.flatMap(({ id, stage, key, outputs }) => (key === null ? [] : outputs.map((output) => ({ ...output, id, stage, key }))))

/** Each word has to occur in the id, the declaration, the name or the artifact type. */
export const filterOutputs = (outputs: ReadonlyArray<RunOutput>, typed: string): ReadonlyArray<RunOutput> => {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return outputs
  return outputs.filter(({ id, stage, name, artifact }) => {
    const text = `${id} ${stage} ${name} ${artifact}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

export const groupings = ["type", "stage", "none"] as const
export type Grouping = (typeof groupings)[number]

export const sortColumns = ["output", "stage", "rows", "bytes"] as const
export type SortColumn = (typeof sortColumns)[number]

/** A line of the list: the head of a group, or an output. */
export type Line =
  | { readonly kind: "group"; readonly name: string; readonly count: number; readonly rows: number; readonly bytes: number }
  | { readonly kind: "output"; readonly output: RunOutput }

const groupOf = ({ artifact, stage }: RunOutput, grouping: Exclude<Grouping, "none">): string => (grouping === "type" ? artifact : stage)

const compare: Readonly<Record<SortColumn, (a: RunOutput, b: RunOutput) => number>> = {
  output: (a, b) => compareTexts(a.name, b.name),
  stage: (a, b) => compareTexts(a.id, b.id),
  rows: (a, b) => (a.rows ?? -1) - (b.rows ?? -1),
  bytes: (a, b) => a.bytes - b.bytes,
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Groups are in the order of their first outputs; a sort is one inside of each group. */
export const linesOf = (outputs: ReadonlyArray<RunOutput>, grouping: Grouping, sort: Sort<SortColumn> | null): ReadonlyArray<Line> => {
  const lines = (members: ReadonlyArray<RunOutput>) => sortOutputs(members, sort).map((output): Line => ({ kind: "output", output }))
  if (grouping === "none") return lines(outputs)
  const groups = new Map<string, Array<RunOutput>>()
  for (const output of outputs) {
    const name = groupOf(output, grouping)
    const members = groups.get(name)
    if (members === undefined) groups.set(name, [output])
    else members.push(output)
  }
  return [...groups].flatMap(([name, members]) => [
    {
      kind: "group" as const,
      name,
      count: members.length,
      rows: members.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
      bytes: members.reduce((sum, { bytes }) => sum + bytes, 0),
    },
    ...lines(members),
  ])
}

const sortOutputs = (outputs: ReadonlyArray<RunOutput>, sort: Sort<SortColumn> | null): ReadonlyArray<RunOutput> => {
  if (sort === null) return outputs
  const sign = sort.descending ? -1 : 1
  return outputs.toSorted((a, b) => sign * compare[sort.column](a, b))
}

/** What a click on a column's header does next. */
export const nextSort = <C extends string>(sort: Sort<C> | null, column: C): Sort<C> | null => {
  if (sort?.column !== column) return { column, descending: false }
  return sort.descending ? null : { column, descending: true }
}
