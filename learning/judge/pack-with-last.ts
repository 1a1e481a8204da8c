import { type Packed, packSequences, type Sequence } from "../policy/packing.ts"

/**
 * Packed sequences (see policy/packing.ts), and where in the list the last token of each is, `last`
 * int32 [rows].
 */
export const packWithLast = (sequences: ReadonlyArray<Sequence>, context: number): Packed => {
  // Packing leaves out the last token, from which nothing is predicted; here it is the one that
  // counts.
  const extended = sequences.map(({ prompt, response }) => ({ prompt, response: Int32Array.from([...response, 0]) }))
  const { specs, values } = packSequences(extended, context + 1)
  const length = specs.tokenAt?.shape[1] as number
  const last = Int32Array.from(
    sequences,
    ({ prompt, response }, row) => values.tokenAt?.[row * length + prompt.length + response.length - 1] as number,
  )
  const only = <T>({ tokens, positions, tokenAt, ownerAt, positionsOf }: Readonly<Record<string, T>>) =>
    ({ tokens, positions, tokenAt, ownerAt, positionsOf }) as Readonly<Record<string, T>>
  return { specs: { ...only(specs), last: { shape: [sequences.length], dtype: "int32" } }, values: { ...only(values), last } }
}
