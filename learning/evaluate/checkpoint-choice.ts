/** A stored checkpoint, and how far it is from the reference. */
export interface MeasuredCheckpoint {
  readonly step: number
  /** Estimated mean KL to the reference, nats. */
  readonly kl: number
  /** Standard error of that estimate, nats. */
  readonly error: number
}

/** So many standard errors away counts as elsewhere. */
const clear = 2

/**
 * Chooses the checkpoints that bracket a grid of KLs (nats), at most `most` of them, in order of
 * steps. A checkpoint that a later one undercuts in KL, by two standard errors of the difference,
 * went astray and came back, as policies do in their first steps at a high learning rate: a run is
 * at a KL where it is there for the last time, and others are not asked.
 *
 * Of the checkpoints in order of KL these are needed: for each K of the grid the last one
 * below and the first one above, and as the two ends the last that is below the whole grid and the
 * first that is above it, each by two standard errors; where there is none, the nearest and the
 * furthest.
 *
 * If these are too many, the ends stay, and of the others those are left out, one after another,
 * whose absence adds least to Σ_K (K − a)(b − K), where a and b are the KLs of the neighbours of K
 * that remain: the error of linear interpolation at K is at most that product times half the
 * greatest curvature (Davis 1975, "Interpolation and Approximation", theorem 3.1.1).
 */
export const chooseCheckpoints = (
  checkpoints: ReadonlyArray<MeasuredCheckpoint>,
  grid: ReadonlyArray<number>,
  most: number,
): ReadonlyArray<MeasuredCheckpoint> => {
  const isAstray = ({ step, kl, error }: MeasuredCheckpoint) =>
    checkpoints.some((later) => later.step > step && later.kl + clear * Math.hypot(error, later.error) < kl)
  const byKl = checkpoints.filter((checkpoint) => !isAstray(checkpoint)).sort((a, b) => a.kl - b.kl || a.step - b.step)
  const nearest = byKl.findLast(({ kl, error }) => kl + clear * error <= Math.min(...grid)) ?? byKl[0]
  const furthest = byKl.find(({ kl, error }) => kl - clear * error >= Math.max(...grid)) ?? byKl.at(-1)
  const ends = new Set([nearest, furthest])
  const brackets = new Set(grid.flatMap((at) => [byKl.findLast(({ kl }) => kl <= at), byKl.find(({ kl }) => kl >= at)]))
  let chosen = byKl.filter((checkpoint) => ends.has(checkpoint) || brackets.has(checkpoint))
  while (chosen.length > Math.max(most, ends.size)) {
    const without = chosen
      .filter((checkpoint) => !ends.has(checkpoint))
      .map((checkpoint) => chosen.filter((other) => other !== checkpoint))
      .map((remaining) => ({ remaining, width: measureBrackets(remaining, grid) }))
    chosen = without.reduce((best, each) => (each.width < best.width ? each : best)).remaining
  }
  return chosen.sort((a, b) => a.step - b.step)
}

/** Σ_K (K − a)(b − K) over the KLs between the first and the last checkpoint, in order of KL. */
const measureBrackets = (byKl: ReadonlyArray<MeasuredCheckpoint>, grid: ReadonlyArray<number>): number =>
  grid.reduce((sum, at) => {
    const [below, above] = [byKl.findLast(({ kl }) => kl <= at), byKl.find(({ kl }) => kl >= at)]
    return below === undefined || above === undefined ? sum : sum + (at - below.kl) * (above.kl - at)
  }, 0)
