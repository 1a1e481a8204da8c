import type { Cut } from "./truncate.ts"

/**
 * Counts what did not fit a context, over the texts that a stage reads, each time that it reads
 * them.
 */
export class TruncationCount {
  /** Texts read: pairs, passages or prompts. */
  #read = 0
  #prompts = 0
  #responses = 0
  #empty = 0

  /** Resumes from the counts of an interrupted run (`saved`), if there was one. */
  restore(saved: Float32Array | undefined): void {
    const [read = 0, prompts = 0, responses = 0, empty = 0] = saved ?? []
    this.#read = read
    this.#prompts = prompts
    this.#responses = responses
    this.#empty = empty
  }

  /** `isEmpty`: the cut has left nothing to learn from. */
  add({ promptTokens, responses }: Cut, isEmpty = false): void {
    this.#read += 1
    if (promptTokens > 0) this.#prompts += 1
    this.#responses += responses
    if (isEmpty) this.#empty += 1
  }

  /** As `metrics` and `trainer_state.json` name them. */
  get values() {
    return { truncated_prompts: this.#prompts, truncated_responses: this.#responses, empty_pairs: this.#empty }
  }

  /** The same where something was cut, for files that stay as they were where nothing was. */
  get valuesIfAny(): Partial<TruncationCount["values"]> {
    return this.#prompts + this.#responses + this.#empty === 0 ? {} : this.values
  }

  get saved(): Float32Array {
    return Float32Array.of(this.#read, this.#prompts, this.#responses, this.#empty)
  }

  /**
   * Prints one line if something was cut, which reaches the user as output of the stage. `reader`
   * is what has the context, `texts` what was read.
   */
  print(reader: string, texts: string, context: number): void {
    const parts = [
      ...(this.#prompts > 0 ? [`${this.#prompts} had the beginning of the prompt cut`] : []),
      ...(this.#responses > 0 ? [`${this.#responses} responses were cut at their end`] : []),
      ...(this.#empty > 0 ? [`${this.#empty} were left with nothing to tell their responses apart`] : []),
    ]
    if (parts.length === 0) return
    console.log(
      `of ${this.#read} ${texts} read, ${parts.join(", ")}: ${reader} has a context of ${context} tokens; give it a larger \`context\``,
    )
  }
}
