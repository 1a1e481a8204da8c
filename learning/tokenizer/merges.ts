import { PairQueue } from "./pair-queue.ts"

/** A distinct word, as ids of its current pieces, and how often it occurs. */
export interface CountedWord {
  readonly ids: Int32Array
  readonly count: number
}

export interface Merges {
  /** Entry by id. */
  readonly vocabulary: ReadonlyArray<string>
  /** In the order in which they are to be applied. */
  readonly merges: ReadonlyArray<readonly [string, string]>
}

/**
 * Joins the most frequent pair of neighbours, again and again, until the vocabulary is full or no
 * pair is left. Among equally frequent pairs the one with the smaller left id comes first, then the
 * one with the smaller right id. Counts are kept up to date in the words that hold the joined pair,
 * and nowhere else. Uses up the ids of the words.
 */
export const learnMerges = (words: ReadonlyArray<CountedWord>, base: ReadonlyArray<string>, vocabularySize: number): Merges => {
  const vocabulary = [...base]
  const idOf = new Map(base.map((entry, id) => [entry, id]))
  const lengths = Int32Array.from(words, ({ ids }) => ids.length)
  const pairs = new PairCounts()
  for (const [at, { ids, count }] of words.entries()) {
    for (let i = 0; i + 1 < ids.length; i++) pairs.change(pairOf(ids[i] as number, ids[i + 1] as number), count, at)
  }
  const merges: Array<readonly [string, string]> = []
  const merged = new Set<number>()
  while (vocabulary.length < vocabularySize) {
    const pair = pairs.takeMostFrequent()
    if (pair === undefined) break
    const [left, right] = [Math.floor(pair / 65_536), pair % 65_536]
    const entry = `${vocabulary[left]}${vocabulary[right]}`
    // Two ways of cutting can spell one entry ("a" + "aa", "aa" + "a"): it is in the vocabulary
    // once.
    const id = idOf.get(entry) ?? vocabulary.length
    if (id === vocabulary.length) {
      idOf.set(entry, id)
      vocabulary.push(entry)
    }
    if (!merged.has(pair)) merges.push([vocabulary[left] as string, vocabulary[right] as string])
    merged.add(pair)
    for (const at of pairs.wordsWith(pair)) {
      const { ids, count } = words[at] as CountedWord
      lengths[at] = join(ids, lengths[at] as number, left, right, id, (changed, sign) => pairs.change(changed, sign * count, at))
    }
    pairs.drop(pair)
  }
  return { vocabulary, merges }
}

const pairOf = (left: number, right: number): number => left * 65_536 + right

/**
 * Replaces every occurrence of (left, right), from the left, by `id`, and tells which neighbours
 * came and went. Returns the new length.
 */
const join = (
  ids: Int32Array,
  length: number,
  left: number,
  right: number,
  id: number,
  changed: (pair: number, sign: 1 | -1) => void,
): number => {
  let kept = 0
  for (let i = 0; i < length; i++) {
    const current = ids[i] as number
    if (current !== left || i + 1 === length || ids[i + 1] !== right) {
      ids[kept++] = current
      continue
    }
    if (kept > 0) {
      const before = ids[kept - 1] as number
      changed(pairOf(before, left), -1)
      changed(pairOf(before, id), 1)
    }
    i += 1
    if (i + 1 < length) {
      const after = ids[i + 1] as number
      changed(pairOf(right, after), -1)
      changed(pairOf(id, after), 1)
    }
    ids[kept++] = id
  }
  return kept
}

/** How often each pair of neighbours occurs, and in which words. */
class PairCounts {
  readonly #counts = new Map<number, number>()
  readonly #words = new Map<number, Array<number>>()
  readonly #queue = new PairQueue()
  /** Pairs whose count has risen above what the queue knows. */
  readonly #risen = new Set<number>()

  change(pair: number, by: number, word: number): void {
    this.#counts.set(pair, (this.#counts.get(pair) ?? 0) + by)
    if (by < 0) return
    this.#risen.add(pair)
    const words = this.#words.get(pair)
    if (words === undefined) this.#words.set(pair, [word])
    else if (words[words.length - 1] !== word) words.push(word)
  }

  /**
   * The queue never holds too small a count, but perhaps too large a one: such an entry goes back
   * with the present count.
   */
  takeMostFrequent(): number | undefined {
    for (const pair of this.#risen) this.#queue.push(pair, this.#counts.get(pair) ?? 0)
    this.#risen.clear()
    for (let top = this.#queue.take(); top !== undefined; top = this.#queue.take()) {
      const count = this.#counts.get(top.pair) ?? 0
      if (count === top.count && count > 0) return top.pair
      if (count > 0 && count < top.count) this.#queue.push(top.pair, count)
    }
    return undefined
  }

  /** The words that hold the pair, and perhaps some that no longer do. */
  wordsWith(pair: number): ReadonlyArray<number> {
    return this.#words.get(pair) ?? []
  }

  drop(pair: number): void {
    this.#counts.delete(pair)
    this.#words.delete(pair)
  }
}
