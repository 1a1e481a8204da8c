import type { InputMember, Run } from "assay"
import type { ClassificationRow, EvaluationRow, PointRow } from "../../data/schema/index.ts"
import type { Classification } from "../artifacts.ts"
import { frontierFigure } from "../figure/frontier.ts"
import { type BySeed, bootstrap } from "../statistics/bootstrap.ts"
import { mean } from "../statistics/mean.ts"
import type { frontier } from "./frontier.stage.ts"

/** Random numbers of the intervals. */
const resampling = 1

/** One checkpoint of one seed of an arm. */
interface Checkpoint {
  readonly arm: string
  readonly beta: number | null
  readonly seed: number | null
  readonly step: number
  readonly rows: ReadonlyArray<EvaluationRow>
  readonly accuracy: number | null
}

export const run: Run<typeof frontier> = async ({ inputs, parameters, outputs }) => {
  const checkpoints: Array<Checkpoint> = []
  for (const member of inputs.evaluations) {
    const accuracies = await accuracyByStep(inputs.classifications.find((other) => labelOf(other) === labelOf(member)))
    const arm = armOf(member)
    for (const [step, rows] of groupBy(await member.input.read(), (row) => row.step)) {
      checkpoints.push({ ...arm, step, rows, accuracy: accuracies.get(step) ?? null })
    }
  }
  const single = checkpoints.map((checkpoint) => pointOf([checkpoint], checkpoint.seed))
  const grouped = [...groupBy(checkpoints, ({ arm, beta, step }) => JSON.stringify([arm, beta, step])).values()]
  const together = grouped.filter((group) => group.length > 1).map((group) => pointOf(group, null))
  const points = [...single, ...together]
  await outputs.points.append(points)
  await outputs.figure.write("frontier.svg", await frontierFigure(points, parameters))
}

const labelOf = ({ path, at }: Pick<InputMember<typeof Classification>, "path" | "at">): string => JSON.stringify([path, at])

const armOf = ({ path, at }: Pick<InputMember<typeof Classification>, "path" | "at">) => {
  const { beta, seed, ...others } = at
  const name = [...path, ...Object.entries(others).map(([axis, value]) => `${axis}=${value}`)].join(" ")
  return { arm: name === "" ? "policy" : name, beta: typeof beta === "number" ? beta : null, seed: typeof seed === "number" ? seed : null }
}

/** The share of pairs whose margin has gold's sign, undecided ones left out. */
const accuracyByStep = async (member: InputMember<typeof Classification> | undefined): Promise<ReadonlyMap<number, number>> => {
  const rows = (await member?.input.read()) ?? []
  const source = rows.some(({ pair_source }) => pair_source === "preferences") ? "preferences" : "samples"
  const decided = rows.filter((row): row is ClassificationRow & { correct: boolean } => row.pair_source === source && row.correct !== null)
  return new Map(
    [...groupBy(decided, ({ step }) => step)].map(([step, pairs]) => [step, mean(pairs.map(({ correct }) => Number(correct)))]),
  )
}

/** One mark from one checkpoint of one or several seeds. */
const pointOf = (group: ReadonlyArray<Checkpoint>, seed: number | null): PointRow => {
  const { arm, beta, step } = group[0] as Checkpoint
  const interval = (value: (row: EvaluationRow) => number) => {
    const bySeed: BySeed = group.map(({ rows }) => rows.map(value))
    return bootstrap(bySeed, { seed: resampling, prompts: "shared" })
  }
  const kl = interval((row) => row.kl)
  const wins = interval((row) => row.outcome)
  const scores = group.flatMap(({ rows }) => rows.flatMap(({ score }) => score ?? []))
  const accuracies = group.flatMap(({ accuracy }) => accuracy ?? [])
  return {
    arm,
    beta,
    seed,
    step,
    kl: kl.estimate,
    kl_low: kl.low,
    kl_high: kl.high,
    win_rate: wins.estimate,
    win_low: wins.low,
    win_high: wins.high,
    reward: scores.length === 0 ? null : mean(scores),
    accuracy: accuracies.length === 0 ? null : mean(accuracies),
  }
}

const groupBy = <T, K>(values: ReadonlyArray<T>, keyOf: (value: T) => K): ReadonlyMap<K, ReadonlyArray<T>> => {
  const groups = new Map<K, Array<T>>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}
