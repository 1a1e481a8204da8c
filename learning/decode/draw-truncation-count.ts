import type { Decoded } from "./decoder.ts"

interface Limits {
  readonly context: number
  /** Of a response, in tokens. */
  readonly maxNewTokens: number
}

/**
 * Counts what a context cost the responses that were drawn within it: the beginnings of prompts,
 * and the ends of responses.
 */
export class DrawTruncationCount {
  readonly #limits: Limits
  #drawn = 0
  #prompts = 0
  #responses = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  add({ promptCut, tokens, finish }: Pick<Decoded, "promptCut" | "finish"> & { readonly tokens: ArrayLike<number> }): void {
    this.#drawn += 1
    if (promptCut > 0) this.#prompts += 1
    if (finish === "length" && tokens.length < this.#limits.maxNewTokens) this.#responses += 1
  }

  /** Resumes from the counts of an interrupted run (`saved`), if there was one. */
  restore(saved: Float32Array | undefined): void {
    const [drawn = 0, prompts = 0, responses = 0] = saved ?? []
    this.#drawn = drawn
    this.#prompts = prompts
    this.#responses = responses
  }

  get saved(): Float32Array {
    return Float32Array.of(this.#drawn, this.#prompts, this.#responses)
  }

  /**
   * Prints one line if the context cost anything, which reaches the user as output of the stage.
   */
  print(policy: string): void {
    const { context, maxNewTokens } = this.#limits
    const parts = [
      ...(this.#prompts > 0 ? [`${this.#prompts} answer a prompt whose beginning was cut`] : []),
      ...(this.#responses > 0 ? [`${this.#responses} ended with the context, before ${maxNewTokens} tokens`] : []),
    ]
    if (parts.length === 0) return
    const remedy = "give it a larger `context`, or a smaller `maxNewTokens`"
    console.log(`of ${this.#drawn} responses, ${parts.join(", ")}: ${policy} has a context of ${context} tokens; ${remedy}`)
  }
}
