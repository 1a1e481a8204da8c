import type { Declaration } from "../../dsl/declaration.ts"
import type { Hazards } from "../store/code/record.ts"

/**
 * Why results of a stage cannot be kept for a later run; empty if they can. What it reads from
 * outside has to be declared, and something has to stand for it in the key. A pinned version stands
 * for the code, not for that.
 */
export const uncacheableReasons = (
  { reads, readsAs, recorded }: Pick<Declaration, "reads" | "readsAs" | "recorded">,
  { outside }: Hazards,
): ReadonlyArray<string> => {
  const kinds = new Set(reads.map(kindOf))
  const undeclared = outside.filter(({ kind }) => kind === null || !kinds.has(kind)).map(({ reason }) => reason)
  if (reads.length === 0 || readsAs !== undefined || recorded) return undeclared
  return [...undeclared, `it reads ${reads.join(", ")}, and no \`readsAs\` says what stands for that in its key`]
}

/** `env` of `env:API_KEY`, `files` of `file:words.txt`. */
export const kindOf = (read: string): string => {
  const kind = read.split(":")[0] ?? ""
  return kind === "file" ? "files" : kind
}
