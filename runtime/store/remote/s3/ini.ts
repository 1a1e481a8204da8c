/** The entries of one section of an INI file, as the AWS command line writes it. */
export const sectionOf = (text: string, wanted: string): Readonly<Record<string, string>> => {
  const entries: Record<string, string> = {}
  let section: string | undefined
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\[\s*(.*?)\s*\]/.exec(line)?.[1]
    if (heading !== undefined) section = heading.replace(/\s+/g, " ")
    // Indented lines belong to the entry before them, and comments to none.
    const [, name, value = ""] = /^([^\s#;=[][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (section === wanted && name !== undefined) entries[name] = value
  }
  return entries
}
