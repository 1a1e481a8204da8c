/**
 * Returns how to write the numbers of one column: integers unchanged, others with the same number
 * of decimals, enough for at least three digits of the largest fraction, very small or large ones
 * in scientific notation.
 */
export const numberFormatter = (values: ReadonlyArray<number>): ((value: number) => string) => {
  const finite = values.filter(Number.isFinite)
  if (finite.every(Number.isSafeInteger)) return String
  const largest = largestOf(finite)
  if (largest < 0.001 || largest >= 1e9) return (value) => (Number.isFinite(value) && value !== 0 ? value.toExponential(2) : String(value))
  const fraction = largestOf(finite.filter((value) => !Number.isSafeInteger(value)))
  const decimals = fraction >= 1000 ? 0 : fraction >= 100 ? 1 : fraction >= 10 ? 2 : fraction >= 0.01 ? 3 : 5
  return (value) => (Number.isFinite(value) ? withoutNegativeZero(value.toFixed(decimals)) : String(value))
}

const largestOf = (values: ReadonlyArray<number>): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

const withoutNegativeZero = (text: string): string => (/^-0(\.0+)?$/.test(text) ? text.slice(1) : text)

const units = ["B", "kB", "MB", "GB", "TB"]

/** `1.4 MB`: powers of 1,000, with one decimal below 100 units. */
export const formatBytes = (count: number): string => {
  const power = count < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3))
  const scaled = count / 1000 ** power
  return `${power === 0 || scaled >= 99.95 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`
}

/** `1 row`, `1,234 rows` */
export const pluralize = (count: number, noun: string): string => `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`
