/**
 * A binary heap of counted pairs: the largest count first, among equal counts the smallest pair.
 */
export class PairQueue {
  readonly #pairs: Array<number> = []
  readonly #counts: Array<number> = []

  push(pair: number, count: number): void {
    let at = this.#pairs.length
    this.#pairs.push(pair)
    this.#counts.push(count)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  take(): { readonly pair: number; readonly count: number } | undefined {
    const last = this.#pairs.length - 1
    if (last < 0) return undefined
    this.#swap(0, last)
    const top = { pair: this.#pairs.pop() as number, count: this.#counts.pop() as number }
    for (let at = 0; ; ) {
      let first = 2 * at + 1
      if (first >= last) return top
      if (first + 1 < last && this.#before(first + 1, first)) first += 1
      if (!this.#before(first, at)) return top
      this.#swap(first, at)
      at = first
    }
  }

  #before(a: number, b: number): boolean {
    const difference = (this.#counts[a] as number) - (this.#counts[b] as number)
    return difference > 0 || (difference === 0 && (this.#pairs[a] as number) < (this.#pairs[b] as number))
  }

  #swap(a: number, b: number): void {
    const [pair, count] = [this.#pairs[a] as number, this.#counts[a] as number]
    this.#pairs[a] = this.#pairs[b] as number
    this.#counts[a] = this.#counts[b] as number
    this.#pairs[b] = pair
    this.#counts[b] = count
  }
}
