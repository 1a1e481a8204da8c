/** The elements of that name in an answer of S3, which nests none in one of its own name. */
export const elements = (xml: string, name: string): ReadonlyArray<string> =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(([, content = ""]) => content)

/** The text of the first element of that name; empty where there is none. */
export const textIn = (xml: string, name: string): string => withoutEntities(elements(xml, name)[0] ?? "")

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" }

const withoutEntities = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return hex !== undefined ? String.fromCodePoint(Number.parseInt(hex, 16)) : (entities[name ?? ""] ?? whole)
  })
