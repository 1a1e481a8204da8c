/**
 * Writes the numbers of one column alike: integers as they are, others with as many decimals as tell the largest that is no integer
 * apart to three digits or more, and very small or large ones in scientific notation.
 */
export const numberFormat = (values: ReadonlyArray<number>): ((value: number) => string) => {
  const finite = values.filter(Number.isFinite)
  if (finite.every(Number.isSafeInteger)) return String
  const largest = largestOf(finite)
  if (largest < 0.01 || largest >= 1e9) return (value) => (Number.isFinite(value) ? value.toExponential(2) : String(value))
  const broken = largestOf(finite.filter((value) => !Number.isSafeInteger(value)))
  const decimals = broken >= 1000 ? 0 : broken >= 100 ? 1 : broken >= 10 ? 2 : 3
  return (value) => (Number.isFinite(value) ? withoutNegativeZero(value.toFixed(decimals)) : String(value))
}

const largestOf = (values: ReadonlyArray<number>): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

const withoutNegativeZero = (text: string): string => (/^-0(\.0+)?$/.test(text) ? text.slice(1) : text)

const units = ["B", "kB", "MB", "GB", "TB"]

/** `1.4 MB`: powers of 1,000, one decimal where it tells something. */
export const bytes = (count: number): string => {
  const power = count < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3))
  const scaled = count / 1000 ** power
  return `${power === 0 || scaled >= 99.95 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`
}

/** `0.3 s`, `42 s`, `3 min 20 s`, `2 h 05 min`. */
export const duration = (seconds: number): string => {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`
}

/** `1 row`, `1,234 rows` */
export const counted = (count: number, noun: string): string => `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`
