/** Lists of `name=value`, as OpenTelemetry's variables have them. */

export interface Pairs {
  readonly values: Readonly<Record<string, string>>
  /** How many entries are not `name=value`, or not percent-encoded: they are left out. */
  readonly omitted: number
}

/** `a=1,b=two%20words`. Spaces around names and values do not count. */
export const pairsIn = (text: string): Pairs => {
  const entries = text.split(",").filter((entry) => entry.trim() !== "")
  const values = entries.flatMap((entry) => {
    const [name, value] = pairIn(entry)
    return name === "" || value === null ? [] : [[name, value] as const]
  })
  return { values: Object.fromEntries(values), omitted: entries.length - values.length }
}

const pairIn = (entry: string): readonly [name: string, value: string | null] => {
  const at = entry.indexOf("=")
  if (at < 0) return ["", null]
  try {
    return [decodeURIComponent(entry.slice(0, at).trim()), decodeURIComponent(entry.slice(at + 1).trim())]
  } catch {
    return ["", null]
  }
}

/** Entries that can be sent as headers; the others count as left out. */
export const headersIn = (text: string): Pairs => {
  const { values, omitted } = pairsIn(text)
  const sound = Object.entries(values).filter(([name, value]) => isHeader(name, value))
  return { values: Object.fromEntries(sound), omitted: omitted + Object.keys(values).length - sound.length }
}

const isHeader = (name: string, value: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
