import type { UnreadableAnswers } from "./judge.ts"

/** What an answer of a model lacks that cannot be read, and what it counts for. */
interface Reading {
  readonly model: string
  /** Such as "have no rating, or several". */
  readonly lack: string
  /** Such as "as ties". */
  readonly counted: string
}

/**
 * Counts the answers of a language model that say nothing, and count for something all the same.
 */
export class UnreadableCount implements UnreadableAnswers {
  readonly #reading: Reading
  #read = 0
  #unreadable = 0

  constructor(reading: Reading) {
    this.#reading = reading
  }

  add(isUnreadable: boolean): void {
    this.#read += 1
    if (isUnreadable) this.#unreadable += 1
  }

  print(judge: string): void {
    const { model, lack, counted } = this.#reading
    if (this.#unreadable === 0) return
    console.log(
      `of ${this.#read} answers of ${judge}, ${this.#unreadable} ${lack}, and count ${counted}: ask ${model} more plainly in the template, or give it more maxTokens`,
    )
  }
}
