/**
 * Colours for values that have an order, such as learning rates: from light to dark, so that the
 * order is seen in grey print too. Evenly spaced, the last one darkest; a single value is dark.
 */
export const orderedColors = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, position) => colorAt(count === 1 ? 1 : position / (count - 1)))

/** Lightness L* 71, 56, 41, 28, 13; hue from yellow over red to violet. */
const anchors = [
  [0xd9, 0xa4, 0x41],
  [0xd1, 0x69, 0x3f],
  [0xa8, 0x3a, 0x62],
  [0x6a, 0x22, 0x75],
  [0x24, 0x17, 0x4d],
] as const

/** The colour at a place in [0, 1], between its two nearest anchors. */
const colorAt = (place: number): string => {
  const from = Math.min(anchors.length - 2, Math.floor(place * (anchors.length - 1)))
  const fraction = place * (anchors.length - 1) - from
  const [left, right] = [anchors[from], anchors[from + 1]] as [readonly number[], readonly number[]]
  const channels = left.map((value, channel) => Math.round(value + fraction * ((right[channel] as number) - value)))
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`
}
