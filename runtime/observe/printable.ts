/**
 * What a stage, a corpus or a model can say must not move the cursor, ring, or turn text around:
 * control characters, line separators and the marks that change the direction of writing become
 * escapes such as `\u001b`.
 */
const controls = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/** A text of several lines, which stay lines. */
export const escapeControls = (text: string): string =>
  text.replace(controls, (character) => (character === "\n" || character === "\t" ? character : escaped(character)))

/** A text that must stay on its line. */
export const onOneLine = (text: string): string => text.replace(controls, escaped)

/**
 * JSON that says the same, in which nothing moves the cursor. Its own line break and spaces stay.
 */
export const escapeJson = (json: string): string =>
  json.replace(controls, (character) => (/\s/.test(character) ? character : unicode(character)))

const escaped = (character: string): string => ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[character] ?? unicode(character)

const unicode = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
