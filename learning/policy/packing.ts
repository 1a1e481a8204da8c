import type { NamedValues, TensorSpecs } from "../../engine/index.ts"

/** A response in its context: the tokens of the prompt, end-of-text first, and those of the response. */
export interface Sequence {
  readonly prompt: Int32Array
  readonly response: Int32Array
}

/**
 * Sequences without padding, as inputs of a program. Each is a row of a rectangle, and only where tokens attend to each other do they stand
 * in it; all else is computed for a list of tokens. Two rows that begin with the same prompt share its tokens, where that saves enough; a
 * row's last token, from which nothing is predicted, is left out.
 *
 * - `tokens`, `positions` int32 [tokens]: the list, and where each token stands in its sequence;
 * - `places` int32 [rows, length]: which token of the list stands there, −1 if none;
 * - `owned` int32 [rows, length]: the same without the second use of shared tokens;
 * - `uses` int32 [1 or 2, tokens]: where in the rectangle, read row by row, each token stands, −1 if nowhere (again);
 * - `sources`, `targets`, `owners` int32 [predictions], `weights` float32 [predictions]: the response's tokens, from which token of the
 *   list each is predicted, and in which row; weight 0 where there is none.
 *
 * The sizes are rounded up, so that few programs serve all batches.
 */
export interface Packed {
  readonly specs: TensorSpecs
  readonly values: NamedValues
}

/** Longest rows are rounded up to a multiple of this: only attention is computed for what is rounded up. */
const rowStep = 16

/** Prompts are shared if that saves one token of so many: a token's second place costs some time in every layer. */
const worthSharing = 16

/** Packs sequences of at most `context` tokens each. Throws a RangeError at a longer one: what to cut is not decided here (see truncate.ts). */
export const packSequences = (sequences: ReadonlyArray<Sequence>, context: number): Packed => {
  const most = Math.max(0, ...sequences.map(lengthOf))
  if (most > context) throw new RangeError(`a sequence of ${most} tokens does not fit a context of ${context}; truncate it first`)
  const list = listOf(sequences)
  const size = roundedUp(list.tokens.length)
  const longest = Math.max(1, ...list.rows.map((members) => members.length))
  const length = Math.min(context, Math.ceil(longest / rowStep) * rowStep)
  // As fine as an eighth of the list: both sizes together make few combinations.
  const predicted = Math.ceil(list.predictions.length / (size / 8)) * (size / 8)
  const of = (name: keyof Prediction) => list.predictions.map((prediction) => prediction[name])
  const { places, owned, uses } = rectangleOf(list.rows, length, size)
  return inputs({
    tokens: integers(list.tokens, size),
    positions: integers(list.positions, size),
    places: { values: places, shape: [list.rows.length, length] },
    owned: { values: owned, shape: [list.rows.length, length] },
    uses: { values: uses, shape: [uses.length / size, size] },
    sources: integers(of("source"), predicted),
    targets: integers(of("target"), predicted),
    owners: integers(of("row"), predicted),
    weights: { values: new Float32Array(predicted).fill(1, 0, list.predictions.length), shape: [predicted] },
  })
}

const lengthOf = ({ prompt, response }: Sequence): number => prompt.length + response.length

interface Prediction {
  /** The token of the list from which it is predicted. */
  readonly source: number
  readonly target: number
  readonly row: number
}

/** For each row the one before it whose beginning it shares; none for any, if that is not worth it. A prompt is shared by two at most. */
const partnersOf = (sequences: ReadonlyArray<Sequence>): ReadonlyArray<number | undefined> => {
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
  return saved * worthSharing < rest ? [] : partners
}

/** The list of tokens, which of them make up each row in order, and what is predicted from them. */
const listOf = (sequences: ReadonlyArray<Sequence>) => {
  const partners = partnersOf(sequences)
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
const rectangleOf = (rows: ReadonlyArray<ReadonlyArray<number>>, length: number, size: number) => {
  const places = new Int32Array(rows.length * length).fill(-1)
  const owned = new Int32Array(rows.length * length).fill(-1)
  const uses = new Int32Array(2 * size).fill(-1)
  let isShared = false
  for (const [row, members] of rows.entries()) {
    for (const [position, token] of members.entries()) {
      const place = row * length + position
      const isFirst = uses[token] === -1
      places[place] = token
      if (isFirst) owned[place] = token
      uses[isFirst ? token : size + token] = place
      isShared ||= !isFirst
    }
  }
  return { places, owned, uses: isShared ? uses : uses.subarray(0, size) }
}

interface Input {
  readonly values: Int32Array | Float32Array
  readonly shape: ReadonlyArray<number>
}

const integers = (values: ReadonlyArray<number>, size: number): Input => {
  const all = new Int32Array(size)
  all.set(values)
  return { values: all, shape: [size] }
}

const inputs = (named: Readonly<Record<string, Input>>): Packed => {
  const each = Object.entries(named)
  return {
    specs: Object.fromEntries(
      each.map(([name, { values, shape }]) => [name, { shape, dtype: values instanceof Int32Array ? "int32" : "float32" }]),
    ),
    values: Object.fromEntries(each.map(([name, { values }]) => [name, values])),
  }
}

/** The next of four sizes to an octave, at least 64: a program is made for each, which takes as long as several steps. */
const roundedUp = (count: number): number => {
  const step = Math.max(64, 2 ** Math.floor(Math.log2(Math.max(1, count - 1))) / 4)
  return Math.max(1, Math.ceil(count / step)) * step
}
