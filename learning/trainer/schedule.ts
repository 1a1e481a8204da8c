/**
 * Learning rate at a step (from 1): linear warm-up over the first twentieth, then a cosine to zero
 * at the last step.
 */
export const warmupCosine = (step: number, steps: number, highest: number): number => {
  const warmup = Math.max(1, Math.round(steps / 20))
  if (step <= warmup) return (highest * step) / warmup
  return (highest * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, steps - warmup)))) / 2
}

/** Constant after a linear warm-up over the first twentieth. */
export const warmupConstant = (step: number, steps: number, highest: number): number =>
  highest * Math.min(1, step / Math.max(1, Math.round(steps / 20)))
