import { wrap } from "./wrap.ts"

interface Registered {
  readonly hash: string
  readonly registered: string
  readonly differences: ReadonlyArray<string>
}

/** Digits of a hash that a person is shown. */
export const shownDigits = 12

/** `2026-11-29 12:34 UTC` */
export const minuteOf = (instant: string): string => `${instant.slice(0, 16).replace("T", " ")} UTC`

/**
 * How a pipeline stands to its registration, in lines of at most 80 columns: `registered … at …`,
 * or that it differs, and in what.
 */
export const registrationLines = ({ hash, registered, differences }: Registered): ReadonlyArray<string> => {
  const name = `${hash.slice(0, shownDigits)} at ${minuteOf(registered)}`
  if (differences.length === 0) return [`registered ${name}`]
  return [
    ...wrap(`warning: not what was registered (${name}), it differs in ${differences.length}:`, "  "),
    ...differences.flatMap((text) => wrap(`- ${text}`, "  ").map((line) => `  ${line}`)),
    '  "assay register" registers it as it is now, and keeps the earlier one',
  ]
}
