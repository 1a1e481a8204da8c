/** Quantiles of the normal distribution and of Student's t. */

/**
 * z such that a standard normal variable is below it with the given probability (Acklam's rational
 * approximation, relative error below 1.2e-9).
 */
export const normalQuantile = (probability: number): number => {
  if (probability > 0.5) return -normalQuantile(1 - probability)
  if (probability < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(probability))
    const c = polynomial(
      q,
      [-7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783],
    )
    return c / polynomial(q, [7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1])
  }
  const q = probability - 0.5
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239]
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1]
  return (q * polynomial(q * q, a)) / polynomial(q * q, b)
}

/**
 * t such that a variable of Student's distribution is below it with the given probability ≥ ½;
 * degrees of freedom ≥ 1, not only whole ones. Found by bisection on the integral of the density,
 * after t = √ν tan θ made it that of cos^(ν−1) over a finite range.
 */
export const studentQuantile = (probability: number, degrees: number): number => {
  if (degrees > 1000) return normalQuantile(probability)
  const total = integral(degrees, Math.PI / 2)
  let [low, high] = [0, Math.PI / 2]
  for (let halving = 0; halving < 40; halving++) {
    const middle = (low + high) / 2
    if (0.5 + integral(degrees, middle) / total / 2 < probability) low = middle
    else high = middle
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2)
}

/** ∫₀^θ cos^(ν−1), by Simpson's rule. */
const integral = (degrees: number, angle: number): number => {
  const intervals = 400
  let sum = 0
  for (let i = 0; i <= intervals; i++) {
    const weight = i === 0 || i === intervals ? 1 : i % 2 === 1 ? 4 : 2
    sum += weight * Math.max(0, Math.cos((angle * i) / intervals)) ** (degrees - 1)
  }
  return (sum * angle) / intervals / 3
}

/** By Horner's rule, highest power first. */
const polynomial = (x: number, coefficients: ReadonlyArray<number>): number => coefficients.reduce((sum, each) => sum * x + each, 0)
