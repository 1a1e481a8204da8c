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
  const parts: Array<string> = []
  let read = 0
  let isEnded = false
  let goesOn = false
  while (!goesOn && read <= longestLine) {
    const next = await iterator.next()
    if (next.done) break
    seen.push(next.value)
    read += next.value.length
    let text = decoder.decode(next.value, { stream: true })
    if (!isEnded) {
      if (parts.length === 0) text = text.trimStart()
      const end = text.search(/[\r\n]/)
      isEnded = end !== -1
      const line = isEnded ? text.slice(0, end) : text
      if (line !== "") parts.push(line)
      text = isEnded ? text.slice(end) : ""
    }
    goesOn = text.trim() !== ""
  }
  return { first: parts.join(""), goesOn: goesOn || read > longestLine, all: replay(seen, iterator) }
}

async function* replay(seen: ReadonlyArray<Uint8Array>, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* seen
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
