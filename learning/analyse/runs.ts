import { type InputMember, StageError } from "assay"
import type { EvaluationRow } from "../../data/schema/index.ts"
import type { Classification, Evaluation } from "../artifacts.ts"

type Label = Pick<InputMember<typeof Classification>, "path" | "at">

/** A checkpoint of a run against one opponent; `rows` are in order of prompts. */
export interface RunCheckpoint {
  readonly step: number
  readonly rows: ReadonlyArray<EvaluationRow>
}

/** Where a run lies in the record that is wired. */
export interface RunPlace {
  readonly path: ReadonlyArray<string>
  /** The axes of the sweep, without world and seed. */
  readonly axes: Readonly<Record<string, string | number | boolean>>
  /** Absent where the sweep has no axis "world". */
  readonly world: string | number | null
  readonly seed: number | null
}

/** One evaluated run, and its checkpoints by opponent. */
export interface EvaluatedRun extends RunPlace {
  readonly against: ReadonlyMap<string, ReadonlyArray<RunCheckpoint>>
}

/** The runs of one arm that differ in nothing but world and seed, in order of both. */
export interface Arm<R extends RunPlace = EvaluatedRun> {
  /** Path and axes, as figures show it: "online learningRate=0.001". */
  readonly name: string
  readonly path: ReadonlyArray<string>
  readonly axes: RunPlace["axes"]
  readonly runs: ReadonlyArray<R>
}

/** Identifies a run: equal for its evaluation and its classification. */
export const labelOf = ({ path, at }: Label): string => JSON.stringify([path, at])

/** Takes world and seed out of the point of a sweep. */
export const placeOf = ({ path, at }: Label): RunPlace => {
  const { seed, world, ...axes } = at
  return {
    path,
    axes,
    world: typeof world === "number" || typeof world === "string" ? world : null,
    seed: typeof seed === "number" ? seed : null,
  }
}

export const readRun = async (member: InputMember<typeof Evaluation>): Promise<EvaluatedRun> => {
  const rows = await member.input.read()
  const against = new Map(
    [...groupBy(rows, (row) => row.against)].map(([name, ofOpponent]) => {
      const steps = [...groupBy(ofOpponent, ({ step }) => step)].map(([step, ofStep]) => ({ step, rows: ofStep }))
      return [name, steps.sort((a, b) => a.step - b.step)] as const
    }),
  )
  return { ...placeOf(member), against }
}

/** The name of an arm: its path, and the given axes. */
export const armName = (path: ReadonlyArray<string>, axes: RunPlace["axes"]): string => {
  const name = [...path, ...Object.entries(axes).map(([axis, value]) => `${axis}=${value}`)].join(" ")
  return name === "" ? "policy" : name
}

/**
 * Makes a function that keeps the axes of a point that tell arms apart: not world and seed, and
 * none on which all members of a figure have the same value.
 */
export const tellingAxes = (members: ReadonlyArray<Pick<Label, "at">>): ((at: Label["at"]) => RunPlace["axes"]) => {
  const names = new Set(members.flatMap(({ at }) => Object.keys(at)))
  const telling = [...names].filter((name) => name !== "seed" && name !== "world" && new Set(members.map(({ at }) => at[name])).size > 1)
  return (at) => Object.fromEntries(Object.entries(at).filter(([name]) => telling.includes(name)))
}

/** Groups runs by arm, in order of first appearance. */
export const armsOf = <R extends RunPlace>(runs: ReadonlyArray<R>): ReadonlyArray<Arm<R>> =>
  [...groupBy(runs, ({ path, axes }) => JSON.stringify([path, axes])).values()].map((group) => {
    const { path, axes } = group[0] as R
    return { name: armName(path, axes), path, axes, runs: [...group].sort(byWorldAndSeed) }
  })

const byWorldAndSeed = (a: RunPlace, b: RunPlace): number => compare(a.world ?? "", b.world ?? "") || compare(a.seed ?? 0, b.seed ?? 0)

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Identifies one arm among others: its path, joined by spaces, and as many of its axes as that
 * takes.
 */
export interface ArmChoice {
  readonly arm: string
  readonly at: Readonly<Record<string, string | number | boolean>>
}

/** Finds the arm of a choice. Throws a StageError `NoSuchArm` unless exactly one fits. */
export const chooseArm = <R extends RunPlace>(arms: ReadonlyArray<Arm<R>>, { arm, at }: ArmChoice): Arm<R> => {
  const fitting = arms.filter(
    ({ path, axes }) => path.join(" ") === arm && Object.entries(at).every(([axis, value]) => axes[axis] === value),
  )
  const [first] = fitting
  if (first !== undefined && fitting.length === 1) return first
  const names = fitting.length === 0 ? "none" : fitting.map(({ name }) => name).join(", ")
  throw new StageError(
    "NoSuchArm",
    `"${armName([arm], at)}" should fit one arm, but fits ${names}. There are: ${arms.map(({ name }) => name).join(", ")}.`,
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
