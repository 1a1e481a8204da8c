/**
 * Win rates over comparisons, each in [0, 1]. Outcomes are 1 (won), ½ (tied) and 0 (lost); exactly
 * ½ is a tie.
 */
export interface WinRate {
  /** Over all comparisons, ties as ½. */
  readonly all: number
  /** Over the comparisons that are not ties; undefined if all are. */
  readonly decided: number | undefined
  /** The fraction of ties. */
  readonly ties: number
}

/** Computes the win rate over comparisons. NaN of none. */
export const computeWinRate = (outcomes: ArrayLike<number>): WinRate => {
  let won = 0
  let tied = 0
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] === 0.5) tied += 1
    else won += outcomes[i] as number
  }
  const decided = outcomes.length - tied
  return { all: (won + tied / 2) / outcomes.length, decided: decided === 0 ? undefined : won / decided, ties: tied / outcomes.length }
}
