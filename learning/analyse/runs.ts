import { type InputMember, StageError } from "assay"
import type { EvaluationRow } from "../../data/schema/index.ts"
import type { Classification, Evaluation } from "../artifacts.ts"

type Label = Pick<InputMember<typeof Classification>, "path" | "at">

/** A checkpoint of a run against one opponent; `rows` are in order of prompts. */
export interface RunCheckpoint {
  readonly step: number
  readonly rows: ReadonlyArray<EvaluationRow>
}

/** One evaluated run: where it stands in the record that was handed over, and its checkpoints by opponent. */
export interface EvaluatedRun {
  readonly path: ReadonlyArray<string>
  /** The sweep's axes but the seed. */
  readonly axes: Readonly<Record<string, string | number | boolean>>
  readonly seed: number | null
  readonly against: ReadonlyMap<string, ReadonlyArray<RunCheckpoint>>
}

/** The runs of one arm that differ in nothing but their seed, in order of seeds. */
export interface Arm {
  /** Path and axes, as figures show it: "online learningRate=0.001". */
  readonly name: string
  readonly path: ReadonlyArray<string>
  readonly axes: EvaluatedRun["axes"]
  readonly runs: ReadonlyArray<EvaluatedRun>
}

/** Whose table it is: equal for the evaluation and the classification of one run. */
export const labelOf = ({ path, at }: Label): string => JSON.stringify([path, at])

export const readRun = async (member: InputMember<typeof Evaluation>): Promise<EvaluatedRun> => {
  const { seed, ...axes } = member.at
  const rows = await member.input.read()
  const against = new Map(
    [...groupBy(rows, (row) => row.against)].map(([name, ofOpponent]) => {
      const steps = [...groupBy(ofOpponent, ({ step }) => step)].map(([step, ofStep]) => ({ step, rows: ofStep }))
      return [name, steps.sort((a, b) => a.step - b.step)] as const
    }),
  )
  return { path: member.path, axes, seed: typeof seed === "number" ? seed : null, against }
}

/** The name of an arm: its path, and those axes that are asked for. */
export const armName = (path: ReadonlyArray<string>, axes: EvaluatedRun["axes"]): string => {
  const name = [...path, ...Object.entries(axes).map(([axis, value]) => `${axis}=${value}`)].join(" ")
  return name === "" ? "policy" : name
}

/** A function that leaves out of a point the seed, and axes on which all members of a figure have one value: those tell no arm from another. */
export const tellingAxes = (members: ReadonlyArray<Pick<Label, "at">>): ((at: Label["at"]) => EvaluatedRun["axes"]) => {
  const names = new Set(members.flatMap(({ at }) => Object.keys(at)))
  const telling = [...names].filter((name) => name !== "seed" && new Set(members.map(({ at }) => at[name])).size > 1)
  return (at) => Object.fromEntries(Object.entries(at).filter(([name]) => telling.includes(name)))
}

/** Runs by arm, in order of first appearance. */
export const armsOf = (runs: ReadonlyArray<EvaluatedRun>): ReadonlyArray<Arm> =>
  [...groupBy(runs, ({ path, axes }) => JSON.stringify([path, axes])).values()].map((group) => {
    const { path, axes } = group[0] as EvaluatedRun
    return { name: armName(path, axes), path, axes, runs: [...group].sort((a, b) => (a.seed ?? 0) - (b.seed ?? 0)) }
  })

/** What picks one arm among others: its path, joined by spaces, and as many of its axes as it takes. */
export interface ArmChoice {
  readonly arm: string
  readonly at: Readonly<Record<string, string | number | boolean>>
}

/** The arm of a choice. Throws a StageError `NoSuchArm` unless it is exactly one. */
export const chooseArm = (arms: ReadonlyArray<Arm>, { arm, at }: ArmChoice): Arm => {
  const fitting = arms.filter(
    ({ path, axes }) => path.join(" ") === arm && Object.entries(at).every(([axis, value]) => axes[axis] === value),
  )
  const only = fitting[0]
  if (only !== undefined && fitting.length === 1) return only
  const found = fitting.length === 0 ? "none" : fitting.map(({ name }) => name).join(", ")
  throw new StageError(
    "NoSuchArm",
    `"${armName([arm], at)}" should be one arm and is ${found}; there are ${arms.map(({ name }) => name).join(", ")}`,
  )
}

export const groupBy = <T, K>(values: ReadonlyArray<T>, keyOf: (value: T) => K): ReadonlyMap<K, ReadonlyArray<T>> => {
  const groups = new Map<K, Array<T>>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}
