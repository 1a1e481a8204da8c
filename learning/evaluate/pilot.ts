import { mean } from "../analyse/statistics/mean.ts"
import type { DrawnPolicy } from "../decode/kept-draws.ts"
import { chooseCheckpoints, type MeasuredCheckpoint } from "./checkpoint-choice.ts"
import type { Divergences } from "./divergences.ts"
import type { Player } from "./player.ts"

interface Bracketing {
  /** KLs that the checkpoints should bracket, nats. */
  readonly bracketing: ReadonlyArray<number>
  /** How many prompts each checkpoint answers, once. */
  readonly pilot: number
  readonly most?: number
}

interface PilotOptions {
  readonly player: Player
  readonly divergences: Divergences
  readonly read: (step: number) => Promise<DrawnPolicy>
  /** Called after each checkpoint, with how many are done. */
  readonly onMeasured: (done: number, checkpoint: MeasuredCheckpoint) => void
}

/**
 * Finds the steps of the checkpoints that bracket a grid of KLs, from few responses of each, and
 * prints which they are, and at what KL.
 */
export const findBracketing = async (
  steps: ReadonlyArray<number>,
  { bracketing, pilot, most = Math.max(2, bracketing.length) }: Bracketing,
  options: PilotOptions,
): Promise<ReadonlyArray<number>> => {
  const measured: Array<MeasuredCheckpoint> = []
  for (const step of steps) {
    const checkpoint = await measureCheckpoint(step, pilot, options)
    measured.push(checkpoint)
    options.onMeasured(measured.length, checkpoint)
  }
  const chosen = chooseCheckpoints(measured, bracketing, most)
  const words = chosen.map(({ step, kl, error }) => `step ${step} at KL ${kl.toFixed(2)} ± ${error.toFixed(2)}`).join(", ")
  console.log(`of ${measured.length} checkpoints, ${chosen.length} bracket KL ${bracketing.join(", ")} nats: ${words}`)
  return chosen.map(({ step }) => step)
}

/** Mean KL to the reference, by the exact divergence at each token, with its standard error. */
const measureCheckpoint = async (
  step: number,
  responses: number,
  { player, divergences, read }: PilotOptions,
): Promise<MeasuredCheckpoint> => {
  const policy = await read(step)
  const answers = await player.answer(policy, { limit: responses })
  const sequences = answers.map(({ sequence }) => sequence)
  const kls = (await divergences.of(policy.parameters, sequences)).map(({ kl }) => kl)
  const kl = mean(kls)
  const variance = kls.reduce((sum, value) => sum + (value - kl) ** 2, 0) / Math.max(1, kls.length - 1)
  return { step, kl, error: Math.sqrt(variance / kls.length) }
}
