/**
 * Steps at which a run of `steps` keeps its policy: `count` of them, or all where there are fewer,
 * evenly spaced on a logarithmic scale because KL grows fastest at the beginning, ending with the
 * last step.
 */
export const checkpointSteps = (steps: number, count: number): ReadonlyArray<number> => {
  const checkpoints = Math.min(steps, count)
  const first = Math.max(1, steps / 40)
  let before = 0
  return Array.from({ length: checkpoints }, (_, index) => {
    const spaced = Math.round(first * (steps / first) ** ((index + 1) / checkpoints))
    // Rounding may put two on one step: the later one moves on, as far as those after it have steps
    // left.
    before = Math.min(Math.max(spaced, before + 1), steps - (checkpoints - 1 - index))
    return before
  })
}
