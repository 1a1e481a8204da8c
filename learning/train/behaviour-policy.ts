import type { WeightsByName } from "../policy/parameters.ts"
import type { PreferenceLearner, PreferenceSnapshot } from "./preference-learner.ts"

export type BehaviourPolicyState = PreferenceSnapshot & Readonly<Record<string, Float32Array>>

const prefix = "behaviour/"

/**
 * The policy that responses are drawn from: the learner's as it was after the last multiple of
 * `period` steps.
 */
export class BehaviourPolicy {
  readonly #learner: PreferenceLearner
  readonly #period: number
  #parameters: WeightsByName | undefined

  constructor(learner: PreferenceLearner, period: number) {
    this.#learner = learner
    this.#period = period
  }

  /** Call before each step. */
  parameters(): WeightsByName {
    if (this.#period === 1) return this.#learner.parameters
    if (this.#learner.steps % this.#period === 0 || this.#parameters === undefined)
      this.#parameters = structuredClone(this.#learner.parameters)
    return this.#parameters
  }

  /** Of the learner, and of the policy that is drawn from where it is another. */
  snapshot(): BehaviourPolicyState {
    const entries = Object.entries(this.#parameters ?? {}).map(([name, values]) => [prefix + name, values] as const)
    return { ...this.#learner.snapshot(), ...Object.fromEntries(entries) }
  }

  restore(state: BehaviourPolicyState): void {
    this.#learner.restore(state)
    const entries = Object.entries(state).filter(([name]) => name.startsWith(prefix))
    if (entries.length > 0) this.#parameters = Object.fromEntries(entries.map(([name, values]) => [name.slice(prefix.length), values]))
  }
}
