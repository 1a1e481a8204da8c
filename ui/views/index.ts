/** The views: the address of each, its name, and the chunk that it is in. */

import { type ComponentType, type LazyExoticComponent, lazy } from "react"
import { patterns } from "../address/pages.ts"
import type { ParamsOf } from "../address/pattern.ts"
import { loadAgain } from "../api/load-again.ts"

export interface View {
  readonly name: string
  readonly pattern: string
  /** The page that is opened when another run is chosen on this one; null: the run's own. */
  readonly inOtherRun: string | null
  readonly Component: LazyExoticComponent<ComponentType<Readonly<Record<string, string>>>>
}

/** The component of a view gets the parameters of its pattern; `run` is never "latest". */
const view = <P extends string>(
  name: string,
  pattern: P,
  load: () => Promise<{ readonly default: ComponentType<ParamsOf<P>> }>,
  inOtherRun: string | null = pattern,
): View => ({
  name,
  pattern,
  inOtherRun,
  Component: lazy(() => loadAgain(load as () => Promise<{ default: ComponentType<Readonly<Record<string, string>>> }>)),
})

export const views: ReadonlyArray<View> = [
  view("Runs", patterns.runs, () => import("./runs/index.tsx"), null),
  view("Run", patterns.run, () => import("./run/index.tsx")),
  view("Graph", patterns.graph, () => import("./graph/index.tsx")),
  view("Stage", patterns.stage, () => import("./stage/index.tsx")),
  view("Artifacts", patterns.artifacts, () => import("./artifacts/index.tsx")),
  view("Artifact", patterns.artifact, () => import("./artifact/index.tsx"), patterns.artifacts),
  view("SQL", patterns.sql, () => import("./sql/index.tsx")),
  view("Generations", patterns.generations, () => import("./generations/index.tsx")),
  view("Curves", patterns.curves, () => import("./curves/index.tsx")),
  view("Frontier", patterns.frontier, () => import("./frontier/index.tsx")),
  view("Lineage", patterns.lineage, () => import("./lineage/index.tsx")),
  view("Compare", patterns.compare, () => import("./compare/index.tsx"), null),
]

/** What the navigation has, with the letter that follows G on the keyboard. */
export const navigation = [
  { name: "Runs", pattern: patterns.runs, letter: "r" },
  { name: "Stages", pattern: patterns.run, letter: "s" },
  { name: "Graph", pattern: patterns.graph, letter: "g" },
  { name: "Artifacts", pattern: patterns.artifacts, letter: "a" },
  { name: "Generations", pattern: patterns.generations, letter: "e" },
  { name: "Curves", pattern: patterns.curves, letter: "c" },
  { name: "Frontier", pattern: patterns.frontier, letter: "f" },
  { name: "Lineage", pattern: patterns.lineage, letter: "l" },
] as const
