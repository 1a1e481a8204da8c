/**
 * Colours of tokens by log π/π_ref, in nats: how much likelier the policy made them than the
 * reference. The scale is the same on every page, so that pages can be compared.
 */

/** Where one level ends and the next begins, on both sides of zero. */
export const bounds = [0.1, 0.3, 1, 3] as const

/** From −4, much less likely, to 4; 0 is about as likely as before. */
export type Level = -4 | -3 | -2 | -1 | 0 | 1 | 2 | 3 | 4

export const levels: ReadonlyArray<Level> = [-4, -3, -2, -1, 0, 1, 2, 3, 4]

export const levelOf = (logRatio: number | null): Level => {
  if (logRatio === null || Number.isNaN(logRatio)) return 0
  const size = bounds.filter((bound) => Math.abs(logRatio) >= bound).length
  return (logRatio < 0 && size > 0 ? -size : size) as Level
}

/** The class of a level in the style sheet; none for 0. */
export const classOf = (level: Level): string => (level === 0 ? "" : level < 0 ? `less-${-level}` : `more-${level}`)

/** What stands below the swatch of a level: the bound that it begins at, away from zero. */
export const boundOf = (level: Level): string => {
  if (level === 0) return "0"
  return `${level < 0 ? "−" : "+"}${bounds[Math.abs(level) - 1]}`
}
