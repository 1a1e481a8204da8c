import * as path from "node:path"
import { fileURLToPath } from "node:url"

/** `file:line:column` of the innermost call that was written outside of the language itself; null where the stack shows none. */
export const placeOf = (error: Error, assayRoot: string): string | null => {
  const language = path.join(assayRoot, "dsl") + path.sep
  for (const line of (error.stack ?? "").split("\n")) {
    const place = /\(?((?:file:\/\/)?\/[^()]*|[A-Za-z]:\\[^()]*):(\d+):(\d+)\)?$/.exec(line.trim())
    if (place === null || !line.trim().startsWith("at ")) continue
    const file = place[1]?.startsWith("file://") ? fileURLToPath(place[1]) : (place[1] ?? "").replace(/^at (?:async )?/, "")
    if (file.startsWith(language) || file.includes(`${path.sep}node_modules${path.sep}`)) continue
    return `${file}:${place[2]}:${place[3]}`
  }
  return null
}
