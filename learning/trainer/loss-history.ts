import type { Resumable, SavedState } from "./saved-state.ts"

/** Steps from one loss that is kept to the next. */
const stepsPerLoss = 10

type Values = Readonly<Record<string, number>>
type Progress = (step: number, total: number, values: Values, metrics: Values) => void

/**
 * Losses in the course of training, as `trainer_state.json` has them: of every tenth step, and of
 * the last.
 */
export class LossHistory implements Resumable {
  readonly #steps: number
  readonly #progress: Progress
  #losses: Array<number>
  /** A running mean, to be shown: single losses jump. */
  #recent: number | undefined

  /**
   * `steps` are all that there will be; `progress` is the stage's. `saved` is what an interrupted
   * run had kept, where that is not restored.
   */
  constructor(steps: number, progress: Progress, saved?: Float32Array) {
    this.#steps = steps
    this.#progress = progress
    this.#losses = [...(saved ?? [])]
    this.#recent = this.#losses.at(-1)
  }

  /** Call after each step. */
  add(step: number, loss: number): void {
    this.#recent = this.#recent === undefined ? loss : 0.95 * this.#recent + 0.05 * loss
    if (step % stepsPerLoss === 0 || step === this.#steps) this.#losses.push(loss)
    this.#progress(step, this.#steps, { loss: this.#recent }, { loss })
  }

  get saved(): Float32Array {
    return Float32Array.from(this.#losses)
  }

  snapshot(): SavedState {
    return { losses: this.saved }
  }

  restore({ losses = new Float32Array() }: SavedState): void {
    this.#losses = [...losses]
    this.#recent = this.#losses.at(-1)
  }

  get entries(): ReadonlyArray<{ readonly step: number; readonly loss: number }> {
    return this.#losses.map((loss, index) => ({ step: Math.min(stepsPerLoss * (index + 1), this.#steps), loss }))
  }
}
