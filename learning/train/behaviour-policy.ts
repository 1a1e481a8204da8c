import type { WeightsByName } from "../policy/parameters.ts"
import type { Learner } from "../trainer/learner.ts"
import type { Resumable, SavedState } from "../trainer/saved-state.ts"

/**
 * The policy that responses are drawn from: the learner's as it was after the last multiple of
 * `period` steps.
 */
export class BehaviourPolicy implements Resumable {
  readonly #learner: Pick<Learner, "parameters" | "trained" | "steps">
  readonly #period: number
  /** What the learner trains, as it was then. */
  #trained: WeightsByName | undefined

  /** With a `period` of 1 it is the learner's policy, and nothing is copied. */
  constructor(learner: Pick<Learner, "parameters" | "trained" | "steps">, period: number) {
    this.#learner = learner
    this.#period = period
  }

  /** Call before each step. */
  parameters(): WeightsByName {
    if (this.#period === 1) return this.#learner.parameters
    if (this.#learner.steps % this.#period === 0 || this.#trained === undefined) this.#trained = structuredClone(this.#learner.trained)
    return { ...this.#learner.parameters, ...this.#trained }
  }

  /** The policy that is drawn from where it is another than the learner's. */
  snapshot(): SavedState {
    return this.#trained ?? {}
  }

  restore(saved: SavedState): void {
    if (Object.keys(saved).length > 0) this.#trained = saved
  }
}
