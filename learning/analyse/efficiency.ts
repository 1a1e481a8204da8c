import type { OracleRow } from "../../data/schema/index.ts"
import { interpolateOracle } from "./oracle.ts"
import { groupBy } from "./runs.ts"
import { mean } from "./statistics/mean.ts"

/** The oracle of one opponent at one KL, nats. */
export type OracleLimit = Pick<OracleRow, "against" | "kl" | "win_rate">

/**
 * Averages the oracles of several references, such as one for each world: at the KLs that all of an
 * opponent have, in order of KL.
 */
export const averageOracles = (oracles: ReadonlyArray<ReadonlyArray<OracleRow>>): ReadonlyArray<OracleLimit> =>
  [...groupBy(oracles.flat(), ({ against }) => against)].flatMap(([against, ofOpponent]) => {
    const references = oracles.filter((rows) => rows.some((row) => row.against === against)).length
    return [...groupBy(ofOpponent, ({ kl }) => kl)]
      .filter(([, rows]) => rows.length === references)
      .map(([kl, rows]) => ({ against, kl, win_rate: mean(rows.map(({ win_rate }) => win_rate)) }))
      .sort((a, b) => a.kl - b.kl)
  })

/** Where the oracle itself gains less than this over the reference, a share of it is all noise. */
const smallestGain = 0.02

/**
 * The share of the attainable gain over the reference, (W − ½) / (W*(K) − ½): of win rate less ½,
 * because a policy that has learned nothing has ½ already. W / W*(K) would give it more than ½, and
 * squeeze all arms into what is left. Null where the oracle is not of this opponent, ends at a
 * lower KL, or gains less than 0.02.
 */
export const measureEfficiency = (
  { against, kl, win_rate }: { readonly against: string; readonly kl: number; readonly win_rate: number },
  oracle: ReadonlyArray<OracleLimit>,
): number | null => {
  const points = oracle.filter((point) => point.against === against)
  const best = points.length === 0 ? undefined : interpolateOracle(points, kl)
  return best === undefined || best - 0.5 < smallestGain ? null : (win_rate - 0.5) / (best - 0.5)
}
