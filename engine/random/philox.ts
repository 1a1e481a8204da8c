/**
 * Random numbers by counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel Random
 * Numbers: As Easy as 1, 2, 3").
 *
 * A stream is identified by (seed, purpose, index): the seed is the key, purpose and index are part
 * of the counter, and the rest of the counter runs along the stream. A number thus depends only on
 * its stream and its position, never on earlier draws, the batch or the thread. A longer draw of a
 * stream begins with the shorter one.
 *
 * In all functions `seed` is an integer taken modulo 2⁶⁴ (a number must be a safe integer),
 * `purpose` says what the numbers are for ("initial weights"), and `index` is an integer in [0,
 * 2³²). Anything else is a RangeError.
 */

/** Four uint32 words: the first block of the stream. */
export const philox = (seed: number | bigint, purpose: string, index: number): Uint32Array => {
  const stream = open(seed, purpose, index)
  philoxBlock(stream.counter, stream.key, stream.words)
  return stream.words
}

/** Fills `out` with uniform numbers in [0, 1), multiples of 2⁻²⁴: each is exact as a float32. */
export const uniforms = (seed: number | bigint, purpose: string, index: number, out: Float32Array): Float32Array => {
  const stream = open(seed, purpose, index)
  const { words } = stream
  for (let i = 0; i < out.length; i++) {
    if ((i & 3) === 0) advance(stream)
    out[i] = ((words[i & 3] as number) >>> 8) * 2 ** -24
  }
  return out
}

/**
 * Fills `out` with standard normal numbers by Box and Muller (1958); a pair of words gives a pair
 * of numbers, at most 6.8 from 0.
 */
export const normals = (seed: number | bigint, purpose: string, index: number, out: Float32Array): Float32Array => {
  const stream = open(seed, purpose, index)
  const { words } = stream
  for (let i = 0; i < out.length; i += 2) {
    if ((i & 3) === 0) advance(stream)
    // The half keeps the logarithm away from 0.
    const radius = Math.sqrt(-2 * Math.log(((words[i & 3] as number) + 0.5) * 2 ** -32))
    const angle = 2 * Math.PI * (words[(i & 3) + 1] as number) * 2 ** -32
    out[i] = radius * Math.cos(angle)
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle)
  }
  return out
}

/**
 * Fills `out` with integers uniform in [0, bound), without bias (Lemire 2019); `bound` is an
 * integer in [1, 2³¹].
 */
export const integers = (seed: number | bigint, purpose: string, index: number, bound: number, out: Int32Array): Int32Array => {
  if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 31)
    throw new RangeError(`integers: bound is ${bound}: expected an integer from 1 to 2³¹`)
  const draw = integerSource(open(seed, purpose, index))
  for (let i = 0; i < out.length; i++) out[i] = draw(bound)
  return out
}

/**
 * The integers 0 … n − 1 in random order, all orders equally likely (Fisher and Yates, from the
 * end).
 */
export const permutation = (n: number, seed: number | bigint, purpose: string, index = 0): Int32Array => {
  if (!Number.isInteger(n) || n < 0 || n > 2 ** 31) throw new RangeError(`permutation: n is ${n}: expected an integer from 0 to 2³¹`)
  const draw = integerSource(open(seed, purpose, index))
  const order = new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  for (let i = n - 1; i > 0; i--) {
    const j = draw(i + 1)
    const moved = order[i] as number
    order[i] = order[j] as number
    order[j] = moved
  }
  return order
}

interface Stream {
  /** [block along the stream, index, purpose, purpose] */
  readonly counter: Uint32Array
  readonly key: Uint32Array
  /** The current block. */
  readonly words: Uint32Array
}

const open = (seed: number | bigint, purpose: string, index: number): Stream => {
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 32)
    throw new RangeError(`random numbers for "${purpose}": index is ${index}: expected an integer from 0 to 2³² − 1`)
  const key = new Uint32Array(2)
  if (typeof seed === "bigint") {
    key[0] = Number(BigInt.asUintN(32, seed))
    key[1] = Number(BigInt.asUintN(32, seed >> 32n))
  } else {
    if (!Number.isSafeInteger(seed))
      throw new RangeError(`random numbers for "${purpose}": seed is ${seed}: expected a safe integer or a bigint`)
    key[0] = seed
    key[1] = Math.floor(seed / 2 ** 32)
  }
  const counter = new Uint32Array(4)
  counter[1] = index
  digest(purpose, counter)
  return { counter, key, words: new Uint32Array(4) }
}

/** Draws the next block. A stream holds 2³⁴ words, more than any array. */
const advance = ({ counter, key, words }: Stream): void => {
  philoxBlock(counter, key, words)
  counter[0] = (counter[0] as number) + 1
}

/**
 * Uniform integers with changing bounds from one stream: the high word of word × bound, drawn again
 * if the low word shows a bias.
 */
const integerSource = (stream: Stream): ((bound: number) => number) => {
  const { words } = stream
  let used = 4
  return (bound) => {
    const threshold = 2 ** 32 % bound
    for (;;) {
      if (used === 4) {
        advance(stream)
        used = 0
      }
      const word = words[used++] as number
      if (Math.imul(word, bound) >>> 0 >= threshold) return high(word, bound) >>> 0
    }
  }
}

/**
 * Sets the last two words of the counter to a digest of the purpose: Philox itself, chained over
 * eight UTF-16 units at a time.
 */
const digest = (purpose: string, counter: Uint32Array): void => {
  const block = new Uint32Array(4)
  const state = new Uint32Array([purpose.length, 0])
  for (let start = 0; start < purpose.length; start += 8) {
    for (let i = 0; i < 4; i++) {
      const at = start + 2 * i
      block[i] = (at < purpose.length ? purpose.charCodeAt(at) : 0) | ((at + 1 < purpose.length ? purpose.charCodeAt(at + 1) : 0) << 16)
    }
    philoxBlock(block, state, block)
    state[0] = block[0] as number
    state[1] = block[1] as number
  }
  counter[2] = state[0] as number
  counter[3] = state[1] as number
}

/**
 * One block: encrypts four counter words under two key words into `out` (which may be the counter
 * itself).
 */
export const philoxBlock = (counter: Uint32Array, key: Uint32Array, out: Uint32Array): void => {
  let c0 = (counter[0] as number) | 0
  let c1 = (counter[1] as number) | 0
  let c2 = (counter[2] as number) | 0
  let c3 = (counter[3] as number) | 0
  let k0 = (key[0] as number) | 0
  let k1 = (key[1] as number) | 0
  for (let round = 0; round < 10; round++) {
    const high0 = high(c0, 0xd2511f53)
    const high2 = high(c2, 0xcd9e8d57)
    const low0 = Math.imul(c0, 0xd2511f53)
    const low2 = Math.imul(c2, 0xcd9e8d57)
    c0 = high2 ^ c1 ^ k0
    c1 = low2
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    // The Weyl sequence of the key: the golden ratio and √3 − 1.
    k0 = (k0 + 0x9e3779b9) | 0
    k1 = (k1 + 0xbb67ae85) | 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
}

/**
 * The upper 32 bits of the product of two uint32, as an int32. JavaScript has only the lower ones,
 * so halves are multiplied.
 */
const high = (a: number, b: number): number => {
  const lowA = a & 0xffff
  const highA = a >>> 16
  const lowB = b & 0xffff
  const highB = b >>> 16
  const middle = (Math.imul(highA, lowB) + (Math.imul(lowA, lowB) >>> 16)) | 0
  const cross = (Math.imul(lowA, highB) + (middle & 0xffff)) | 0
  return (Math.imul(highA, highB) + (middle >>> 16) + (cross >>> 16)) | 0
}
