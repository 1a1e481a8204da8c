/**
 * How byte-level BPE cuts a text into words, and writes the bytes of a word as printable
 * characters. Radford et al. 2019 (GPT-2).
 */

/** Ends a text and starts the next one; the only special token. */
export const endOfText = "<|endoftext|>"

/**
 * GPT-2's pre-tokenisation: words with the space in front of them. No word reaches from a letter
 * over a space, so a text may be cut in front of any space between two words and encoded in parts.
 */
export const wordsOf = (text: string): ReadonlyArray<string> => text.match(pattern) ?? []

const pattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu

/**
 * The character that stands for each byte: itself where it is printable, else the next free one
 * from U+0100.
 */
export const byteCharacters: ReadonlyArray<string> = (() => {
  const printable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
  let free = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : free++))
})()
