/** Statements to begin with, about the tables that were chosen. */

export interface ExampleTable {
  readonly name: string
  readonly artifact: string
  /** Null until they are known. */
  readonly columns: ReadonlyArray<string> | null
}

export interface Example {
  readonly label: string
  readonly sql: string
}

export const examplesFor = (tables: ReadonlyArray<ExampleTable>): ReadonlyArray<Example> => {
  const [first] = tables
  if (first === undefined) return []
  const evaluation = tables.find(({ artifact }) => artifact === "evaluation")
  const pairs = tables.find(({ artifact }) => artifact === "preferences")
  return [
    { label: "First rows", sql: `select *\nfrom ${first.name}\nlimit 100` },
    ...joinOf(tables),
    ...(evaluation === undefined
      ? []
      : [
          {
            label: "Win rate and KL by step",
            sql: `select step, against, avg(outcome) as win_rate, avg(kl) as kl, count(*) as responses\nfrom ${evaluation.name}\ngroup by step, against\norder by against, step`,
          },
        ]),
    ...(pairs === undefined
      ? []
      : [
          {
            label: "Ties by source",
            sql: `select source, count(*) as pairs, avg(tie::integer) as ties\nfrom ${pairs.name}\ngroup by source\norder by pairs desc`,
          },
        ]),
  ]
}

/** By what rows of two tables belong together, most telling first. */
const joinColumns = ["prompt", "prompt_id", "pair_id", "step"]

/** The first two tables that have such a column in common. */
const joinOf = (tables: ReadonlyArray<ExampleTable>): ReadonlyArray<Example> => {
  for (const [index, left] of tables.entries())
    for (const right of tables.slice(index + 1)) {
      const by = joinColumns.find((column) => left.columns?.includes(column) && right.columns?.includes(column))
      if (by === undefined) continue
      const columns = [by, ...textOf(left, by), ...textOf(right, by)]
      return [
        {
          label: `${left.name} and ${right.name} by ${by}`,
          sql: `select ${columns.join(", ")}\nfrom ${left.name} join ${right.name} using (${by})\nlimit 100`,
        },
      ]
    }
  return []
}

const textOf = ({ name, columns }: ExampleTable, by: string): ReadonlyArray<string> =>
  ["chosen", "rejected", "response", "score", "outcome"]
    .filter((column) => column !== by && columns?.includes(column))
    .slice(0, 2)
    .map((column) => `${name}.${column}`)
