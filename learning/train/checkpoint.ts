/**
 * Steps at which a run of `steps` keeps its policy: `count` of them, evenly spaced on a logarithmic scale because KL grows
 * fastest at the beginning, ending with the last step.
 */
export const checkpointSteps = (steps: number, count: number): ReadonlyArray<number> => {
  const first = Math.max(1, steps / 40)
  const spaced = Array.from({ length: count }, (_, index) => Math.round(first * (steps / first) ** ((index + 1) / count)))
  return [...new Set(spaced)].sort((a, b) => a - b)
}
