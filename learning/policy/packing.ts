import type { NamedValues, TensorSpecs } from "../../engine/index.ts"

/**
 * A response in its context: the tokens of the prompt, end-of-text first, and those of the
 * response.
 */
export interface Sequence {
  readonly prompt: Int32Array
  readonly response: Int32Array
}

/**
 * Sequences without padding, as inputs of a program. Each sequence is a row of a rectangle, in
 * which attention is computed; everything else is computed for a flat list of tokens. Two rows that
 * begin with the same prompt share its tokens where that saves enough. A row's last token, from
 * which nothing is predicted, is left out.
 *
 * - `tokens`, `positions` int32 [tokens]: the list, and where each token stands in its sequence;
 * - `tokenAt` int32 [rows, length]: the token of the list at each place of the rectangle, −1 if
 *   none;
 * - `ownerAt` int32 [rows, length]: the same without the second position of shared tokens;
 * - `positionsOf` int32 [1 or 2, tokens]: the first and second place of each token in the
 *   rectangle, read row by row, −1 if none;
 * - `sources`, `targets`, `owners` int32 [predictions], `weights` float32 [predictions]: the
 *   response's tokens, from which token of the list each is predicted, and in which row; weight 0
 *   where there is none.
 *
 * The sizes are rounded up, so that few programs serve all batches.
 */
export interface Packed {
  readonly specs: TensorSpecs
  readonly values: NamedValues
}

/**
 * Longest rows are rounded up to a multiple of this: only attention is computed for what is rounded
 * up.
 */
const rowLengthMultiple = 16

/**
 * Prompts are shared if that saves at least one in so many tokens: the second position of a token
 * costs time in every layer.
 */
const tokensPerSavedToken = 16

/**
 * Packs sequences of at most `context` tokens each. Throws a RangeError at a longer one: what to
 * cut is not decided here (see truncate.ts).
 */
export const packSequences = (sequences: ReadonlyArray<Sequence>, context: number): Packed => {
  const most = Math.max(0, ...sequences.map(lengthOf))
  if (most > context) throw new RangeError(`a sequence of ${most} tokens does not fit a context of ${context}; truncate it first`)
  const list = listTokens(sequences)
  const size = roundUp(list.tokens.length)
  const longest = Math.max(1, ...list.rows.map((members) => members.length))
  const length = Math.min(context, Math.ceil(longest / rowLengthMultiple) * rowLengthMultiple)
  // As fine as an eighth of the list: both sizes together make few combinations.
  const step = Math.max(leastStep, size / 8)
  const predicted = Math.ceil(list.predictions.length / step) * step
  const column = (name: keyof Prediction) => list.predictions.map((prediction) => prediction[name])
  const { tokenAt, ownerAt, positionsOf } = layOut(list.rows, length, size)
  return toInputs({
    tokens: padIntegers(list.tokens, size),
    positions: padIntegers(list.positions, size),
    tokenAt: { values: tokenAt, shape: [list.rows.length, length] },
    ownerAt: { values: ownerAt, shape: [list.rows.length, length] },
    positionsOf: { values: positionsOf, shape: [positionsOf.length / size, size] },
    sources: padIntegers(column("source"), predicted),
    targets: padIntegers(column("target"), predicted),
    owners: padIntegers(column("row"), predicted),
    weights: { values: new Float32Array(predicted).fill(1, 0, list.predictions.length), shape: [predicted] },
  })
}

/**
 * Splits what was computed for each of the responses' tokens, [predictions], by row: for each row
 * the values of its response, in order.
 */
export const splitByRow = (values: Float32Array, { specs, values: packed }: Packed): ReadonlyArray<Float32Array> => {
  const { owners, weights } = packed as Readonly<Record<"owners" | "weights", ArrayLike<number>>>
  const counts = new Int32Array(specs.tokenAt?.shape[0] as number)
  for (let place = 0; place < owners.length; place++) if (weights[place] !== 0) (counts[owners[place] as number] as number) += 1
  // Predictions are listed row by row.
  let start = 0
  return Array.from(counts, (count) => {
    start += count
    return values.slice(start - count, start)
  })
}

const lengthOf = ({ prompt, response }: Sequence): number => prompt.length + response.length

interface Prediction {
  /** The token of the list from which it is predicted. */
  readonly source: number
  readonly target: number
  readonly row: number
}

/**
 * For each row the one before it whose beginning it shares; none for any, if that is not worth it.
 * A prompt is shared by two at most.
 */
const findPartners = (sequences: ReadonlyArray<Sequence>): ReadonlyArray<number | undefined> => {
  /** The row that was the first with this prompt, until a second one has used it. */
  const open = new Map<string, number>()
  const lengths = sequences.map((sequence) => Math.max(0, lengthOf(sequence) - 1))
  let saved = 0
  const partners = sequences.map(({ prompt }, row) => {
    const key = prompt.join()
    const other = open.get(key)
    if (other === undefined) open.set(key, row)
    else open.delete(key)
    if (other !== undefined) saved += Math.min(prompt.length, lengths[row] as number, lengths[other] as number)
    return other
  })
  const rest = lengths.reduce((sum, length) => sum + length, 0) - saved
  return saved * tokensPerSavedToken < rest ? [] : partners
}

/** The list of tokens, which of them make up each row in order, and what is predicted from them. */
const listTokens = (sequences: ReadonlyArray<Sequence>) => {
  const partners = findPartners(sequences)
  const tokens: Array<number> = []
  const positions: Array<number> = []
  const predictions: Array<Prediction> = []
  const rows: Array<ReadonlyArray<number>> = []
  for (const [row, { prompt, response }] of sequences.entries()) {
    const whole = [...prompt, ...response]
    const other = rows[partners[row] ?? -1]
    const members = whole.slice(0, -1).map((token, position) => {
      const shared = position < prompt.length ? other?.[position] : undefined
      if (shared !== undefined) return shared
      positions.push(position)
      return tokens.push(token) - 1
    })
    rows.push(members)
    for (let position = Math.max(1, prompt.length); position < whole.length; position++) {
      predictions.push({ source: members[position - 1] as number, target: whole[position] as number, row })
    }
  }
  return { tokens, positions, predictions, rows }
}

/** Where the members of the rows stand, for a list of `size` tokens. */
const layOut = (rows: ReadonlyArray<ReadonlyArray<number>>, length: number, size: number) => {
  const tokenAt = new Int32Array(rows.length * length).fill(-1)
  const ownerAt = new Int32Array(rows.length * length).fill(-1)
  const positionsOf = new Int32Array(2 * size).fill(-1)
  let isShared = false
  for (const [row, members] of rows.entries()) {
    for (const [position, token] of members.entries()) {
      const place = row * length + position
      const isFirst = positionsOf[token] === -1
      tokenAt[place] = token
      if (isFirst) ownerAt[place] = token
      positionsOf[isFirst ? token : size + token] = place
      isShared ||= !isFirst
    }
  }
  return { tokenAt, ownerAt, positionsOf: isShared ? positionsOf : positionsOf.subarray(0, size) }
}

interface Input {
  readonly values: Int32Array | Float32Array
  readonly shape: ReadonlyArray<number>
}

const padIntegers = (values: ReadonlyArray<number>, size: number): Input => {
  const all = new Int32Array(size)
  all.set(values)
  return { values: all, shape: [size] }
}

const toInputs = (named: Readonly<Record<string, Input>>): Packed => {
  const entries = Object.entries(named)
  return {
    specs: Object.fromEntries(
      entries.map(([name, { values, shape }]) => [name, { shape, dtype: values instanceof Int32Array ? "int32" : "float32" }]),
    ),
    values: Object.fromEntries(entries.map(([name, { values }]) => [name, values])),
  }
}

/**
 * Sizes are this many tokens apart at least: less saves a fraction of a millisecond at a step, and
 * another program takes a tenth of a second to compile.
 */
const leastStep = 128

/** The next of four sizes to an octave, at least 128. */
const roundUp = (count: number): number => {
  const step = Math.max(leastStep, 2 ** Math.floor(Math.log2(Math.max(1, count - 1))) / 4)
  return Math.max(1, Math.ceil(count / step)) * step
}
