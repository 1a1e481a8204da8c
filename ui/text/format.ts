/** How quantities are written: the same everywhere, in figures that can be compared in a column. */

/** What stands for a value that is not known. */
export const unknown = "–"

/** Seconds as "0.31 s", "12.4 s", "2 min 33 s", "1 h 04 min", "2 d 3 h". */
export const formatDuration = (seconds: number | null): string => {
  if (seconds === null || !Number.isFinite(seconds)) return unknown
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`
  const hours = Math.round(seconds / 3600)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

const pad = (value: number): string => String(value).padStart(2, "0")

const byteUnits = ["B", "kB", "MB", "GB", "TB"] as const

/** "812 B", "488 kB", "1.25 MB": powers of 1,000. */
export const formatBytes = (bytes: number): string => {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${byteUnits[unit]}`
}

const counts = new Intl.NumberFormat("en-US")

/** "8,980" */
export const formatCount = (count: number | null): string => (count === null ? unknown : counts.format(count))

/** "1 stage", "24 stages" */
export const plural = (count: number, noun: string, nouns = `${noun}s`): string => `${formatCount(count)} ${count === 1 ? noun : nouns}`

/** A measured number in at most `digits` significant digits: "0.03217", "1.25e-7", "12,345". */
export const formatNumber = (value: number, digits = 4): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞"
  if (value === 0) return "0"
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e9)
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, "e")
      .replace("-", "−")
      .replace("e-", "e−")
  const rounded = Number(value.toPrecision(digits))
  const text = size >= 10 ** digits ? counts.format(Math.round(value)) : String(rounded)
  return text.replace("-", "−")
}

/** 0.4567 as "45.7 %" */
export const formatShare = (share: number): string => `${(share * 100).toFixed(1)} %`

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" })
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" })
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" })

/** A moment in local time: "17:16" today, "29 Nov 17:16" this year, "29 Nov 2025 17:16" before. */
export const formatMoment = (moment: string, now: Date): string => {
  const date = new Date(moment)
  if (Number.isNaN(date.getTime())) return moment
  const time = clock.format(date)
  if (dayOfYear.format(date) === dayOfYear.format(now)) return time
  return `${(date.getFullYear() === now.getFullYear() ? day : dayOfYear).format(date)} ${time}`
}

/** The first twelve characters of a digest, or eight of a commit. */
export const shorten = (digest: string, length = 12): string => digest.slice(0, length)
