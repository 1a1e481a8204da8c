import { canonicalJson } from "../../dsl/canonical.ts"
import { sha256 } from "../disk/sha256.ts"

/**
 * The logical digest of an artifact of files: of their names and contents, in the order of the
 * names.
 */
export const filesDigest = (files: ReadonlyArray<{ readonly name: string; readonly object: string }>): string => {
  const entries = files.map(({ name, object }) => [name, object] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  return sha256("artifact of files", canonicalJson(entries))
}
