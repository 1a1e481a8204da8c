/** The addresses of the pages, and nothing that depends on what is on them. */

import { fillPath } from "./pattern.ts"
import { withParams } from "./query.ts"

/** The newest run, in place of a run's name. */
export const latest = "latest"

/** No parameter is called `key`: React keeps a property of that name to itself. */
export const patterns = {
  runs: "/",
  run: "/runs/:run",
  graph: "/runs/:run/graph",
  stage: "/runs/:run/stages/:id",
  artifacts: "/runs/:run/artifacts",
  artifact: "/runs/:run/artifacts/:result/:output",
  sql: "/runs/:run/sql",
  generations: "/runs/:run/generations",
  curves: "/runs/:run/curves",
  frontier: "/runs/:run/frontier",
  lineage: "/runs/:run/lineage",
  compare: "/diff",
} as const

type Query = Readonly<Record<string, string | null>>

const page =
  (pattern: string) =>
  (params: Readonly<Record<string, string>>, query: Query = {}): string =>
    `${fillPath(pattern, params)}${withParams("", query)}`

export const runsPage = (): string => patterns.runs
export const runPage = (run: string, query?: Query): string => page(patterns.run)({ run }, query)
export const graphPage = (run: string, query?: Query): string => page(patterns.graph)({ run }, query)
export const stagePage = (run: string, id: string): string => page(patterns.stage)({ run, id })
export const artifactsPage = (run: string, query?: Query): string => page(patterns.artifacts)({ run }, query)
export const artifactPage = (run: string, key: string, output: string, query?: Query): string =>
  page(patterns.artifact)({ run, result: key, output }, query)
export const sqlPage = (run: string, query?: Query): string => page(patterns.sql)({ run }, query)
/** The parameters `responses` and `prompt` are written as in response-sets.ts. */
export const generationsPage = (run: string, query?: Query): string => page(patterns.generations)({ run }, query)
export const curvesPage = (run: string, query?: Query): string => page(patterns.curves)({ run }, query)
export const frontierPage = (run: string, query?: Query): string => page(patterns.frontier)({ run }, query)
/** `row` is a place in the stored table, from 0. */
export const lineagePage = (run: string, of?: { readonly key: string; readonly output: string; readonly row?: number }): string =>
  page(patterns.lineage)(
    { run },
    of === undefined ? {} : { key: of.key, output: of.output, row: of.row === undefined ? null : String(of.row) },
  )
export const comparePage = (before: string, after: string): string => page(patterns.compare)({}, { before, after })
