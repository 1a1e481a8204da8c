/**
 * Which of these texts begin another text. Building takes n log n comparisons, a question log n and
 * as many as texts begin each other.
 */
export class Prefixes {
  /** Each once, in the order of their code units: what begins a text stands before it. */
  readonly #texts: ReadonlyArray<string>
  /** Of each, the longest other one that begins it; -1 where none does. */
  readonly #parents: Int32Array

  constructor(texts: Iterable<string>) {
    this.#texts = [...new Set(texts)].sort((one, other) => (one < other ? -1 : 1))
    this.#parents = new Int32Array(this.#texts.length)
    for (const [index, text] of this.#texts.entries()) {
      let parent = index - 1
      while (parent >= 0 && !text.startsWith(this.#texts[parent] as string)) parent = this.#parents[parent] as number
      this.#parents[index] = parent
    }
  }

  /** All that begin `text`, itself among them, the longest first. */
  *of(text: string): Generator<string, void, undefined> {
    // Between a beginning of it and the text itself all begin with that beginning.
    for (let index = this.#lastUpTo(text); index >= 0; index = this.#parents[index] as number) {
      const found = this.#texts[index] as string
      if (text.startsWith(found)) yield found
    }
  }

  #lastUpTo(text: string): number {
    let [low, high] = [0, this.#texts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#texts[middle] as string) <= text) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
