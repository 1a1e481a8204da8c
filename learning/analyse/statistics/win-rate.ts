import { type BootstrapOptions, type BySeed, bootstrap, bootstrapRatio, type Interval } from "./bootstrap.ts"

/** Outcomes are 1 (won), ½ (tied) and 0 (lost); exactly ½ is a tie. */
export interface WinRate<T> {
  /** Over all comparisons, ties as ½. */
  readonly all: T
  /** Over the comparisons that are no ties; undefined if all are. */
  readonly decided: T | undefined
  /** The share of ties. */
  readonly ties: number
}

/** The win rate over comparisons. NaN of none. */
export const winRate = (outcomes: ArrayLike<number>): WinRate<number> => {
  let won = 0
  let tied = 0
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] === 0.5) tied += 1
    else won += outcomes[i] as number
  }
  const decided = outcomes.length - tied
  return { all: (won + tied / 2) / outcomes.length, decided: decided === 0 ? undefined : won / decided, ties: tied / outcomes.length }
}

/** The mean of the seeds' win rates, outcomes `[seed][prompt]`, with intervals; see `bootstrap` for what they cover and how it fails. */
export const winRateInterval = (outcomes: BySeed, options: BootstrapOptions): WinRate<Interval> => {
  const won = outcomes.map((row) => Float64Array.from(row, (outcome) => (outcome === 0.5 ? 0 : outcome)))
  const decided = outcomes.map((row) => Float64Array.from(row, (outcome) => (outcome === 0.5 ? 0 : 1)))
  return {
    all: bootstrap(outcomes, options),
    decided: bootstrapRatio(won, decided, options),
    ties: winRate(outcomes.flatMap((row) => Array.from(row))).ties,
  }
}
