/** Names and texts written into SQL, whatever characters they hold. */

/** A name as an identifier. It cannot hold the character 0, which ends a statement. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as a literal. The character 0 would end the statement, so it is made by a function. */
export const literal = (text: string): string => {
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`)
  return parts.length === 1 ? parts.join("") : `(${parts.join(" || chr(0) || ")})`
}
