import type { InputMember, Run } from "assay"
import type { ClassificationRow, EvaluationRow, PointRow } from "../../data/schema/index.ts"
import type { Classification } from "../artifacts.ts"
import { averageByPrompt, checkSamePrompts, haveSamePrompts } from "./by-prompt.ts"
import { averageOracles, measureEfficiency, type OracleLimit } from "./efficiency.ts"
import { frontierFigure } from "./figure/frontier.ts"
import type { frontier } from "./frontier.stage.ts"
import { armName, groupBy, labelOf, readRun, tellingAxes } from "./runs.ts"
import { describeBudgets } from "./spent.ts"
import { type BySeed, estimateMean } from "./statistics/bootstrap.ts"
import { mean } from "./statistics/mean.ts"

/** Seeds the random numbers of the intervals. */
const resamplingSeed = 1

/** One checkpoint of one seed of an arm against one opponent. */
interface Checkpoint {
  readonly arm: string
  readonly against: string
  readonly beta: number | null
  readonly world: string | null
  readonly seed: number | null
  readonly step: number
  readonly rows: ReadonlyArray<EvaluationRow>
  readonly accuracy: number | null
}

export const run: Run<typeof frontier> = async ({ inputs, parameters, outputs }) => {
  const checkpoints: Array<Checkpoint> = []
  const telling = tellingAxes(inputs.evaluations)
  for (const member of inputs.evaluations) {
    const accuracies = await readAccuracies(inputs.classifications.find((other) => labelOf(other) === labelOf(member)))
    const { path, axes, world, seed, against } = await readRun(member)
    const { beta } = axes
    const { beta: _, ...others } = telling(member.at)
    const arm = {
      arm: armName(path, others),
      beta: typeof beta === "number" ? beta : null,
      world: world === null ? null : String(world),
      seed,
    }
    for (const [opponent, steps] of against) {
      for (const { step, rows } of steps)
        checkpoints.push({ ...arm, against: opponent, step, rows, accuracy: accuracies.get(step) ?? null })
    }
  }
  const oracle = averageOracles(await Promise.all(inputs.oracle.map(({ input }) => input.read())))
  const bySeed = checkpoints.map((checkpoint) => pointOf([checkpoint], checkpoint, oracle))
  const overSeeds = groupOverSeeds(checkpoints).map((group) => pointOf(group, { world: null, seed: null }, oracle))
  const points = [...bySeed, ...overSeeds]
  await outputs.points.append(points)
  if (oracle.length > 0) console.log(describePoints(overSeeds.length > 0 ? overSeeds : bySeed))
  const caption = `${parameters.caption} ${await describeBudgets(inputs.metrics)}`.trim()
  await outputs.figure.write("frontier.svg", await frontierFigure(points, { ...parameters, caption, oracle }))
}

/**
 * The checkpoints of an arm at steps that all of its runs have. Runs whose checkpoints were chosen
 * by KL may have no step in common, and worlds may have been asked other prompts: then there are
 * only points of single runs.
 */
const groupOverSeeds = (checkpoints: ReadonlyArray<Checkpoint>): ReadonlyArray<ReadonlyArray<Checkpoint>> => {
  const arms = groupBy(checkpoints, ({ arm, against, beta }) => JSON.stringify([arm, against, beta]))
  return [...arms.values()].flatMap((ofArm) => {
    const runs = groupBy(ofArm, ({ world, seed }) => JSON.stringify([world, seed])).size
    const bySteps = [...groupBy(ofArm, ({ step }) => step).values()]
    return runs === 1
      ? []
      : bySteps.filter((group) => group.length === runs && (isOneWorld(group) || haveSamePrompts(group.map(({ rows }) => rows))))
  })
}

const isOneWorld = (group: ReadonlyArray<Checkpoint>): boolean => new Set(group.map(({ world }) => world)).size === 1

/** A line per point: where it is, and how much of the oracle's gain it has. */
const describePoints = (points: ReadonlyArray<PointRow>): string =>
  [
    ["arm", "against", "step", "KL", "win rate", "efficiency"],
    ...points.map(({ arm, against, beta, step, kl, win_rate, efficiency }) => [
      beta === null ? arm : `${arm} β=${beta}`,
      against,
      String(step),
      kl.toFixed(2),
      win_rate.toFixed(3),
      efficiency === null ? "" : efficiency.toFixed(2),
    ]),
  ]
    .map((cells) => cells.join("\t"))
    .join("\n")

/** Reads the fraction of decided pairs whose margin has gold's sign, by step. */
const readAccuracies = async (member: InputMember<typeof Classification> | undefined): Promise<ReadonlyMap<number, number>> => {
  const rows = (await member?.input.read()) ?? []
  const source = rows.find(({ pair_source }) => pair_source !== "samples")?.pair_source ?? "samples"
  const decided = rows.filter((row): row is ClassificationRow & { correct: boolean } => row.pair_source === source && row.correct !== null)
  return new Map(
    [...groupBy(decided, ({ step }) => step)].map(([step, pairs]) => [step, mean(pairs.map(({ correct }) => Number(correct)))]),
  )
}

/** One point from one checkpoint of one or several runs. */
const pointOf = (
  group: ReadonlyArray<Checkpoint>,
  { world, seed }: Pick<PointRow, "world" | "seed">,
  oracle: ReadonlyArray<OracleLimit>,
): PointRow => {
  const { arm, against, beta, step } = group[0] as Checkpoint
  checkSamePrompts(
    arm,
    group.map(({ rows }) => rows),
  )
  const interval = (value: (row: EvaluationRow) => number, highest: number) => {
    const { estimate, low, high } = estimateMean(valuesByUnit(group, value), { seed: resamplingSeed })
    return { estimate, low: Math.max(0, low), high: Math.min(highest, high) }
  }
  const kl = interval((row) => row.kl, Number.POSITIVE_INFINITY)
  const wins = interval((row) => row.outcome, 1)
  const scores = group.flatMap(({ rows }) => rows.flatMap(({ score }) => score ?? []))
  const accuracies = group.flatMap(({ accuracy }) => accuracy ?? [])
  return {
    arm,
    against,
    beta,
    world,
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
    efficiency: measureEfficiency({ against, kl: kl.estimate, win_rate: wins.estimate }, oracle),
  }
}

/**
 * `[unit][prompt]`: of seeds, or of worlds where there are several: the seeds of a world share all
 * that was drawn once for it, so a world is one value, their mean.
 */
const valuesByUnit = (group: ReadonlyArray<Checkpoint>, value: (row: EvaluationRow) => number): BySeed => {
  const byRun = group.map(({ rows }) => averageByPrompt(rows, value))
  const worlds = [...groupBy([...byRun.keys()], (run) => group[run]?.world).values()]
  if (worlds.length === 1) return byRun
  return worlds.map((runs) =>
    (byRun[runs[0] as number] as ReadonlyArray<number>).map((_, prompt) => mean(runs.map((run) => byRun[run]?.[prompt] as number))),
  )
}
