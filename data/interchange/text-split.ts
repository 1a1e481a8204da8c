import { Prefixes } from "../prefixes.ts"
import type { PromptRow } from "../schema/index.ts"
import { type Split, splitOf } from "../split.ts"

/** Names the draws of imported data. */
export const importDraw = "import"

/**
 * The split of imported texts. A text that begins with a test prompt is for testing, whatever its
 * file says, and one that begins with training prompts alone for training; any other is of the
 * split that its file says, or that a hash of `key` draws.
 */
export class TextSplit {
  readonly #prefixes: Prefixes
  readonly #tests: ReadonlySet<string>
  readonly #testFraction: number
  /** Texts that were moved to the other split because of the prompts. */
  moved = 0

  constructor(prompts: ReadonlyArray<Pick<PromptRow, "prompt" | "split">>, testFraction: number) {
    this.#prefixes = new Prefixes(prompts.map(({ prompt }) => prompt))
    this.#tests = new Set(prompts.flatMap(({ prompt, split }) => (split === "test" ? prompt : [])))
    this.#testFraction = testFraction
  }

  of(text: string, key: string, given: Split | null): Split {
    const byPrompts = this.#byPrompts(text)
    if (byPrompts !== undefined && given !== null && byPrompts !== given) this.moved++
    return byPrompts ?? given ?? splitOf(importDraw, key, this.#testFraction)
  }

  #byPrompts(text: string): Split | undefined {
    let found: Split | undefined
    for (const prompt of this.#prefixes.of(text)) {
      if (this.#tests.has(prompt)) return "test"
      found = "train"
    }
    return found
  }
}
