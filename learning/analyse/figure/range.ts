/**
 * The range of an axis: its values and, as far as they are not much wider, their intervals, with a
 * little room around them. Intervals over two or three worlds can be far wider than what they are
 * of.
 */
export const rangeOf = (
  values: ReadonlyArray<number>,
  intervals: ReadonlyArray<{ readonly low: number; readonly high: number }>,
): readonly [number, number] => {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)]
  const room = Math.max(highest - lowest, 0.05)
  const low = Math.max(lowest - room, Math.min(lowest, ...intervals.map((interval) => interval.low)))
  const high = Math.min(highest + room, Math.max(highest, ...intervals.map((interval) => interval.high)))
  const margin = 0.05 * (high - low)
  return [low - margin, high + margin]
}
