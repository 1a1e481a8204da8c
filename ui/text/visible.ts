/**
 * Texts from elsewhere (corpora, models, judges, messages of programs) may contain characters that
 * cannot be seen, or that change how other text is shown. This module finds them, so that an
 * element can show what they are.
 */

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** One character, how it is shown, and what it is called. */
  | { readonly kind: "sign"; readonly text: string; readonly shown: string; readonly name: string }

/**
 * C0 and C1 controls but tab and line feed, soft hyphen, zero-width characters, marks of direction,
 * embeddings, overrides and isolates, line and paragraph separators, invisible operators, tags,
 * noncharacters, and halves of surrogate pairs.
 */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is looking for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\u{e0000}-\u{e007f}]|\u034f|\u17b4|\u17b5/gu

const names: Readonly<Record<number, string>> = {
  127: "delete",
  173: "soft hyphen",
  8203: "zero-width space",
  8204: "zero-width non-joiner",
  8205: "zero-width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8232: "line separator",
  8233: "paragraph separator",
  8234: "left-to-right embedding",
  8235: "right-to-left embedding",
  8236: "pop directional formatting",
  8237: "left-to-right override",
  8238: "right-to-left override",
  8288: "word joiner",
  8294: "left-to-right isolate",
  8295: "right-to-left isolate",
  8296: "first strong isolate",
  8297: "pop directional isolate",
  65279: "byte order mark",
}

/** The text in pieces; joining the `text` of all gives it back. */
export const piecesOf = (text: string): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let end = 0
  for (const match of text.matchAll(invisible)) {
    const [sign] = match
    if (isOfEmoji(text, match.index, sign)) continue
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index) })
    pieces.push({ kind: "sign", text: sign, ...describe(sign) })
    end = match.index + sign.length
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) })
  return pieces
}

/** For places that take only a string, such as a title. */
export const visibleText = (text: string): string =>
  piecesOf(text)
    .map((piece) => (piece.kind === "text" ? piece.text : piece.shown))
    .join("")

/** Joiners inside of an emoji, such as that of a family, belong to it. */
const isOfEmoji = (text: string, index: number, sign: string): boolean =>
  sign === "\u200d" && /\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*$/u.test(text.slice(Math.max(0, index - 8), index))

/** Their names in ASCII, in order. A font may lack the pictures that Unicode has for them. */
const controls = "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
  " ",
)

/** Controls below 32 are shown as ‹ESC›, others as ‹U+202E›. */
const describe = (sign: string): { readonly shown: string; readonly name: string } => {
  const code = sign.codePointAt(0) ?? 0
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
  const shown = `‹${code === 127 ? "DEL" : (controls[code] ?? number)}›`
  const name = names[code]
  return { shown, name: name === undefined ? number : `${number} ${name}` }
}
