import * as path from "node:path"

/** Whether the last part of a path is a pattern: it has a `*`, or alternatives in braces. */
export const isPattern = (file: string): boolean => /\*|\{[^}]*,[^}]*\}/.test(path.basename(file))

/**
 * Whether a name matches a pattern: `*` is any characters, `{a,b}` either of its alternatives,
 * which may hold `*` too. A name in a folder below, which holds a `/`, matches none.
 */
export const namesMatching = (pattern: string): ((name: string) => boolean) => {
  const source = pattern.replace(/[.+?^$()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*")
  const alternatives = source.replace(/\{([^}]*)\}/g, (_, inside: string) => `(?:${inside.split(",").join("|")})`)
  const whole = new RegExp(`^${alternatives}$`)
  return (name) => whole.test(name)
}
