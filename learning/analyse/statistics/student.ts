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
 * degrees of freedom ≥ 1, not only whole ones. Found by Newton's method on the integral of the
 * density, after t = √ν tan θ made it that of cos^(ν−1) over a finite range: it is concave, so that
 * steps from 0 never pass the root.
 */
export const studentQuantile = (probability: number, degrees: number): number => {
  if (degrees > 1000) return normalQuantile(probability)
  const total = integral(degrees, Math.PI / 2)
  let angle = 0
  for (let step = 0; step < 100; step++) {
    const missing = (probability - 0.5) * 2 * total - integral(degrees, angle)
    const next = angle + missing / Math.cos(angle) ** (degrees - 1)
    if (!(Math.abs(next - angle) > 1e-13)) break
    angle = next
  }
  return Math.sqrt(degrees) * Math.tan(angle)
}

/**
 * The probability that a variable of Student's distribution is below t; degrees of freedom ≥ 1,
 * of which more than 1,000 count as 1,000: that moves it by less than 0.0002.
 */
export const studentProbability = (t: number, ofFreedom: number): number => {
  const degrees = Math.min(ofFreedom, 1000)
  const within = integral(degrees, Math.atan(Math.abs(t) / Math.sqrt(degrees))) / integral(degrees, Math.PI / 2) / 2
  return t < 0 ? 0.5 - within : 0.5 + within
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
