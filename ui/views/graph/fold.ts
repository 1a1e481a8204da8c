/**
 * Folds the stages of sweeps: those that have the same id but for the values of their axes become
 * one node. A node is unfolded by an axis: it becomes one node per value of it.
 */

import type { StandingStage, StandingState } from "../../api/standing-stages.ts"

export type FoldStage = Pick<StandingStage, "id" | "stage" | "at" | "seconds" | "inputs" | "state">

export interface GraphNode {
  /** Of a single stage its id. */
  readonly key: string
  /** The id with a star for each value that the stages of the node do not share. */
  readonly label: string
  readonly stage: string
  /** What all stages have in common but for their axes, folded or not. */
  readonly family: string
  readonly stages: ReadonlyArray<FoldStage>
  /** Axes in whose values the stages of the node differ. */
  readonly axes: ReadonlyArray<Axis>
  /** Axes by which the node was unfolded, with its values. */
  readonly unfolded: Readonly<Record<string, string>>
  readonly counts: Readonly<Partial<Record<StandingState, number>>>
  /** The state that matters most of those of its stages. */
  readonly state: StandingState
  /** Of all its stages together; null where it is known of none. */
  readonly seconds: number | null
}

export interface Axis {
  readonly name: string
  readonly values: ReadonlyArray<string>
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  /** Inputs of single stages that it stands for. */
  readonly count: number
}

export interface Graph {
  readonly nodes: ReadonlyArray<GraphNode>
  readonly edges: ReadonlyArray<GraphEdge>
}

/** An axis of one family, or of all. */
export interface Unfolding {
  readonly family: string | null
  readonly axis: string
}

export const fold = (stages: ReadonlyArray<FoldStage>, unfoldings: ReadonlyArray<Unfolding>): Graph => {
  const everywhere = new Set(unfoldings.flatMap(({ family, axis }) => (family === null ? [axis] : [])))
  const here = new Set(unfoldings.flatMap(({ family, axis }) => (family === null ? [] : [`${family}\n${axis}`])))
  const groups = new Map<
    string,
    { readonly family: string; readonly unfolded: Record<string, string>; readonly stages: Array<FoldStage> }
  >()
  for (const stage of stages) {
    const family = familyOf(stage)
    const unfolded = Object.fromEntries(Object.entries(stage.at).filter(([axis]) => everywhere.has(axis) || here.has(`${family}\n${axis}`)))
    const key = JSON.stringify([family, unfolded])
    const group = groups.get(key) ?? { family, unfolded, stages: [] }
    if (group.stages.length === 0) groups.set(key, group)
    group.stages.push(stage)
  }
  const nodes = [...groups].map(([key, group]) => nodeOf(key, group))
  return { nodes, edges: edgesOf(nodes) }
}

/** The id with a star in place of each axis's value, and the declaration. */
export const familyOf = ({ id, stage, at }: Pick<FoldStage, "id" | "stage" | "at">): string =>
  `${Object.entries(at).reduce((label, [axis, value]) => starAxis(label, axis, value), id)} ${stage}`

/** `arms.beta=0.1,seed=1.run` with a star for beta's value: `arms.beta=*,seed=1.run`. */
const starAxis = (label: string, axis: string, value: string): string => {
  const part = `${axis}=${value}`
  for (let at = label.indexOf(part); at !== -1; at = label.indexOf(part, at + 1)) {
    const before = label[at - 1]
    const after = label[at + part.length]
    const begins = before === undefined || before === "." || before === ","
    const ends = after === undefined || after === "," || after === "'" || (after === "." && !/\d/.test(label[at + part.length + 1] ?? ""))
    if (begins && ends) return `${label.slice(0, at)}${axis}=*${label.slice(at + part.length)}`
  }
  return label
}

const nodeOf = (
  key: string,
  {
    family,
    unfolded,
    stages,
  }: { readonly family: string; readonly unfolded: Readonly<Record<string, string>>; readonly stages: ReadonlyArray<FoldStage> },
): GraphNode => {
  const [first] = stages as [FoldStage]
  const axes = Object.keys(first.at)
    .map((name) => ({ name, values: [...new Set(stages.map(({ at }) => at[name] ?? ""))] }))
    .filter(({ values }) => values.length > 1)
  const label = axes.reduce((text, { name }) => starAxis(text, name, first.at[name] ?? ""), first.id)
  const counts: Partial<Record<StandingState, number>> = {}
  for (const { state } of stages) counts[state] = (counts[state] ?? 0) + 1
  const known = stages.flatMap(({ seconds }) => seconds ?? [])
  return {
    key: stages.length === 1 ? first.id : key,
    label,
    stage: first.stage,
    family,
    stages,
    axes,
    unfolded,
    counts,
    state: byImportance.find((state) => counts[state] !== undefined) ?? first.state,
    seconds: known.length === 0 ? null : known.reduce((sum, seconds) => sum + seconds, 0),
  }
}

/** A node of many stages shows the first of these that one of them is in. */
export const byImportance: ReadonlyArray<StandingState> = [
  "failed",
  "running",
  "interrupted",
  "unfinished",
  "skipped",
  "finished",
  "cached",
]

/** Edges between nodes; those inside of one are not drawn. */
const edgesOf = (nodes: ReadonlyArray<GraphNode>): ReadonlyArray<GraphEdge> => {
  const nodeOfStage = new Map(nodes.flatMap(({ key, stages }) => stages.map(({ id }) => [id, key] as const)))
  const counts = new Map<string, { from: string; to: string; count: number }>()
  for (const { key: to, stages } of nodes) {
    for (const { inputs } of stages) {
      for (const input of inputs ?? []) {
        const from = "id" in input.from ? nodeOfStage.get(input.from.id) : undefined
        if (from === undefined || from === to) continue
        const name = `${from}\n${to}`
        const edge = counts.get(name) ?? { from, to, count: 0 }
        edge.count += 1
        counts.set(name, edge)
      }
    }
  }
  return [...counts.values()]
}
