import { mean } from "../analyse/statistics/mean.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import type { MeasuredCheckpoint } from "./checkpoint-choice.ts"
import type { Divergences } from "./divergences.ts"
import type { Player } from "./player.ts"

interface PilotOptions {
  /** How many prompts each checkpoint answers, once. */
  readonly responses: number
  readonly player: Player
  readonly divergences: Divergences
  readonly read: (step: number) => Promise<WeightsByName>
  /** Called after each checkpoint, with how many are done. */
  readonly onMeasured: (done: number, checkpoint: MeasuredCheckpoint) => void
}

/**
 * Estimates the mean KL of checkpoints to the reference, nats, from few responses of each: the
 * exact per-token divergence, summed, which scatters little.
 */
export const measureKls = async (
  steps: ReadonlyArray<number>,
  { responses, player, divergences, read, onMeasured }: PilotOptions,
): Promise<ReadonlyArray<MeasuredCheckpoint>> => {
  const measured: Array<MeasuredCheckpoint> = []
  for (const step of steps) {
    const policy = await read(step)
    const answers = await player.answer(policy, { limit: responses })
    const kls = (
      await divergences.of(
        policy,
        answers.map(({ sequence }) => sequence),
      )
    ).map(({ kl }) => kl)
    const kl = mean(kls)
    const variance = kls.reduce((sum, value) => sum + (value - kl) ** 2, 0) / Math.max(1, kls.length - 1)
    measured.push({ step, kl, error: Math.sqrt(variance / kls.length) })
    onMeasured(measured.length, measured.at(-1) as MeasuredCheckpoint)
  }
  return measured
}
