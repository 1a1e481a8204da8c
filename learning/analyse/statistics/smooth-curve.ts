/** A smooth curve of win rate over KL through the checkpoints of one run. */

/** What a fitted curve says at one KL, as a weighted sum of the checkpoints' win rates. */
export interface CurveReading {
  /** In the unit of the win rates. */
  readonly value: number
  /** By how much the value moves with the win rate of each checkpoint, in their order. */
  readonly weights: ReadonlyArray<number>
}

/** A curve through the checkpoints of a run. */
export interface SmoothCurve {
  /** Its value at a KL, in nats. */
  readonly at: (kl: number) => CurveReading
  /** Its slope at a KL > 0, per nat. */
  readonly slopeAt: (kl: number) => CurveReading
}

/**
 * Fits a polynomial in √KL to win rates at given KLs, in nats, by least squares. √KL, because a
 * policy that is tilted by e^(u/β) over quantiles u of the reference gains √(KL/6) at first. With
 * an `anchor`, the win rate at a KL of 0, which is ½ against the reference itself, it is anchor +
 * b₁√KL + b₂KL + b₃KL^{3/2}; without one it is b₀ + b₁√KL + b₂KL, and has the cubic term from six
 * checkpoints on. Fewer checkpoints get fewer terms.
 *
 * On the curve of such a tilt (0.1 to 5 nats, four to ten checkpoints) it is off by at most 0.006,
 * nearly the same for two arms, and noise of a checkpoint is multiplied by 0.5 to 0.85, where a
 * straight line between two checkpoints multiplies it by 0.7 to 1. Nothing forces it to rise: the
 * curve of a policy that is over-optimised turns.
 */
export const fitCurve = (kls: ReadonlyArray<number>, rates: ReadonlyArray<number>, anchor: number | undefined): SmoothCurve => {
  const lowest = anchor === undefined ? 0 : 1
  const highest = Math.min(anchor === undefined && kls.length < 6 ? 2 : 3, kls.length - 1 + lowest)
  const powers = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index)
  const design = kls.map((kl) => powers.map((power) => Math.max(0, kl) ** (power / 2)))
  const gram = powers.map((_, i) => powers.map((_, j) => design.reduce((sum, row) => sum + (row[i] as number) * (row[j] as number), 0)))
  const base = anchor ?? 0
  const read = (features: ReadonlyArray<number>, constant: number): CurveReading => {
    const solution = solve(gram, features)
    const weights = design.map((row) => row.reduce((sum, value, index) => sum + value * (solution[index] as number), 0))
    const value = weights.reduce((sum, weight, index) => sum + weight * ((rates[index] as number) - base), constant)
    return { value, weights }
  }
  return {
    at: (kl) =>
      read(
        powers.map((power) => Math.max(0, kl) ** (power / 2)),
        base,
      ),
    slopeAt: (kl) =>
      read(
        powers.map((power) => (power / 2) * Math.max(smallest, kl) ** (power / 2 - 1)),
        0,
      ),
  }
}

/** At a KL of 0 the slope of √KL has no value. */
const smallest = 1e-9

/**
 * Solves a symmetric positive system by elimination with pivots. A small multiple of its trace is
 * added to the diagonal, so that checkpoints of equal KL have a solution.
 */
const solve = (matrix: ReadonlyArray<ReadonlyArray<number>>, right: ReadonlyArray<number>): ReadonlyArray<number> => {
  const ridge = 1e-12 * matrix.reduce((sum, row, index) => sum + (row[index] as number), 0)
  const rows = matrix.map((row, i) => [...row.map((value, j) => value + (i === j ? ridge : 0)), right[i] as number])
  for (let column = 0; column < rows.length; column++) {
    let pivot = column
    for (let row = column + 1; row < rows.length; row++)
      if (Math.abs(rows[row]?.[column] as number) > Math.abs(rows[pivot]?.[column] as number)) pivot = row
    const chosen = rows[pivot] as Array<number>
    rows[pivot] = rows[column] as Array<number>
    rows[column] = chosen
    for (const [index, row] of rows.entries()) {
      if (index === column) continue
      const factor = (row[column] as number) / (chosen[column] as number)
      for (let place = column; place <= rows.length; place++) row[place] = (row[place] as number) - factor * (chosen[place] as number)
    }
  }
  return rows.map((row, index) => (row[rows.length] as number) / (row[index] as number))
}
