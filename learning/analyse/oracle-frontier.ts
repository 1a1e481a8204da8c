import { type Run, StageError } from "assay"
import type { ResponseRow } from "../../data/schema/index.ts"
import { type Judge, printOmissions } from "../judge/judge.ts"
import { readJudge } from "../judge/read.ts"
import { findOracle, type OraclePoint, type RankDistribution, rankScores } from "./oracle.ts"
import type { oracleFrontier } from "./oracle-frontier.stage.ts"
import { groupBy } from "./runs.ts"
import { estimateMean } from "./statistics/bootstrap.ts"
import { mean } from "./statistics/mean.ts"

/** The responses to a prompt: how some of them, by their places, do against each other. */
type Pool = (places: ReadonlyArray<number>) => RankDistribution

/**
 * ln M less this is how far M samples reach, in nats: there the entropy of the weights is that of
 * e² samples, about seven.
 */
const margin = 2

export const run: Run<typeof oracleFrontier> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const judge = await readJudge(inputs.judge, engine)
  const byPrompt = [...groupBy(await inputs.responses.read(), ({ prompt }) => prompt).values()]
  const samples = Math.min(...byPrompt.map(({ length }) => length))
  const reach = Math.log(samples) - margin
  const pools: Array<Pool> = []
  for (const [index, rows] of byPrompt.entries()) {
    pools.push(await rankPool(judge, rows))
    progress(index + 1, byPrompt.length)
  }
  printOmissions(judge)

  const placesOf = (pool: number) => Array.from({ length: byPrompt[pool]?.length ?? 0 }, (_, place) => place)
  const rankAll = (isTaken: (place: number) => boolean) => pools.map((rank, index) => rank(placesOf(index).filter(isTaken)))
  const all = rankAll(() => true)
  const halves = [0, 1].map((parity) => rankAll((place) => place % 2 === parity))
  const grid = [...parameters.kl].sort((a, b) => a - b)
  const points = grid.flatMap((kl) => (kl <= reach ? (findOracle(all, kl) ?? []) : []))
  const beyond = grid.filter((kl) => !points.some((point) => point.kl === kl))
  const why = `from ${samples} samples to each prompt a KL up to ${reach.toFixed(1)} nats can be computed, where ties do not end it before`
  if (points.length === 0)
    throw new StageError(
      "TooLittleData",
      `oracleFrontier expects many samples of the reference to each of some prompts, but ${byPrompt.length === 0 ? "got none" : why}. Draw 256 or more with sample().`,
    )
  if (beyond.length > 0) console.log(`left out KL ${beyond.join(", ")}: ${why}; draw more`)
  await outputs.oracle.append(
    points.map((point) => {
      const { kl, beta, win, byPrompt: values } = point
      const { low, high } = estimateMean([values], { seed: 1 })
      return {
        arm: "oracle",
        against: parameters.against,
        beta,
        kl,
        win_rate: win,
        win_low: low,
        win_high: Math.min(1, high),
        bias: measureBias(point, halves),
        prompts: byPrompt.length,
        samples,
      }
    }),
  )
}

/**
 * A bias of order 1/M is twice as large with half of the samples: the difference is its size with
 * all.
 */
const measureBias = ({ kl, win }: OraclePoint, halves: ReadonlyArray<ReadonlyArray<RankDistribution>>): number | null => {
  const wins = halves.flatMap((half) => findOracle(half, kl)?.win ?? [])
  return wins.length < halves.length ? null : mean(wins) - win
}

const rankPool = async (judge: Judge, rows: ReadonlyArray<ResponseRow>): Promise<Pool> => {
  if (judge.score !== undefined) {
    const scores = await judge.score(rows)
    return (places) => rankScores(places.map((place) => scores[place] as number))
  }
  const count = rows.length
  const pairs = rows.flatMap((one, first) => rows.slice(first + 1).map((other, rest) => ({ one, other, first, second: first + 1 + rest })))
  const verdicts = await judge.compare(pairs.map(({ one, other }) => ({ prompt: one.prompt, first: one.response, second: other.response })))
  const wins = new Float64Array(count * count).fill(0.5)
  for (const [index, { first, second }] of pairs.entries()) {
    const outcome = verdicts[index]?.outcome as number
    wins[first * count + second] = outcome
    wins[second * count + first] = 1 - outcome
  }
  return (places) => ({
    wins: Float64Array.from(places, (one) => mean(places.map((other) => wins[one * count + other] as number))),
    masses: new Float64Array(places.length).fill(1 / places.length),
  })
}
