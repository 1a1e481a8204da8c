/** A difference to three digits with its sign: "+0.052", "−0.046". */
export const formatDifference = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`

/** A value of an axis as researchers write it: 0.0003 is "3e-4", 0.1 is "0.1". */
export const formatSetting = (value: number | string): string =>
  typeof value === "number" && value !== 0 && Math.abs(value) < 0.01 ? value.toExponential() : String(value)

/** "a", "a and b", "a, b and c". */
export const joinWords = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`

/** "1 world", "4 worlds"; of several counts, "2 to 4 worlds". */
export const formatCounts = (counts: ReadonlyArray<number>, unit: string): string => {
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  const amount = least === most ? `${most}` : `${least} to ${most}`
  return `${amount} ${unit}${most === 1 ? "" : "s"}`
}
