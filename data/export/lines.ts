/** Bytes of a piece of text, at least, but for the last. */
const pieceBytes = 2 ** 20

/**
 * Lines as bytes, in pieces that are worth writing. A batch is not joined as a whole: of long lines
 * it could exceed what a string can hold.
 */
export async function* encodeLines(batches: AsyncIterable<ReadonlyArray<unknown>>): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Array<Buffer> = []
  let bytes = 0
  for await (const lines of batches) {
    for (const text of joined(lines as ReadonlyArray<string>)) {
      const part = Buffer.from(text)
      parts.push(part)
      bytes += part.length
      if (bytes < pieceBytes) continue
      yield Buffer.concat(parts)
      parts = []
      bytes = 0
    }
  }
  if (bytes > 0) yield Buffer.concat(parts)
}

/** Lines joined in runs of about a piece. */
function* joined(lines: ReadonlyArray<string>): Generator<string, void, undefined> {
  let start = 0
  let characters = 0
  for (const [index, line] of lines.entries()) {
    characters += line.length
    if (characters < pieceBytes) continue
    yield lines.slice(start, index + 1).join("")
    start = index + 1
    characters = 0
  }
  if (start < lines.length) yield lines.slice(start).join("")
}
