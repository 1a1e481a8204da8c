import { longestLine } from "./lines.ts"

export interface Peeked {
  /** The first line that is not blank, as far as it is not too long; "" if there is none. */
  readonly first: string
  /** Whether something follows it that is not blank. */
  readonly goesOn: boolean
  /** All bytes, from the first on. To be read once. */
  readonly all: AsyncIterable<Uint8Array>
}

/** Looks at the first line of a text, and at whether it is the only one, in bounded memory. */
export const peekLine = async (bytes: AsyncIterable<Uint8Array>): Promise<Peeked> => {
  const iterator = bytes[Symbol.asyncIterator]()
  const seen: Array<Uint8Array> = []
  const decoder = new TextDecoder()
  let text = ""
  let read = 0
  let first: string | undefined
  let goesOn = false
  while (!goesOn && read <= longestLine) {
    const next = await iterator.next()
    if (next.done) break
    seen.push(next.value)
    read += next.value.length
    text += decoder.decode(next.value, { stream: true })
    if (first === undefined) text = text.trimStart()
    const end = text.search(/[\r\n]/)
    if (first === undefined && end !== -1) {
      first = text.slice(0, end)
      text = text.slice(end)
    }
    goesOn = first !== undefined && text.trim() !== ""
  }
  return { first: first ?? text, goesOn: goesOn || read > longestLine, all: replay(seen, iterator) }
}

async function* replay(seen: ReadonlyArray<Uint8Array>, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* seen
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
