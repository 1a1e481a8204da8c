const powers: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4 }

/** `500MB`, `20 GB`, `1000000`: powers of 1,000. Null for text that is not a number of bytes. */
export const byteCount = (text: string): number | null => {
  const found = /^(\d+(?:\.\d+)?)\s*([kmgt]?)b?$/i.exec(text.trim())
  return found === null ? null : Number(found[1]) * 1000 ** (powers[found[2]?.toLowerCase() ?? ""] ?? 0)
}
