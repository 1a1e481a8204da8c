import * as fs from "node:fs"
import { SourceMap } from "node:module"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

/**
 * `file:line:column` of the innermost call that was written outside of the language itself; null
 * where the stack shows none. Places in a bundle are traced back to its sources.
 */
export const placeOf = (error: Error, assayRoot: string): string | null => {
  const language = path.join(assayRoot, "dsl") + path.sep
  for (const frame of (error.stack ?? "").split("\n")) {
    const place = /^\s*at (?:.*\()?(file:\/\/[^()]+|\/[^()]+|[A-Za-z]:\\[^()]+):(\d+):(\d+)\)?$/.exec(frame)
    if (place === null) continue
    const found = original({ file: place[1] ?? "", line: Number(place[2]), column: Number(place[3]) })
    if (found.file.startsWith(language) || found.file.split(path.sep).includes("node_modules")) continue
    return `${found.file}:${found.line}:${found.column}`
  }
  return null
}

interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

const original = ({ file: address, line, column }: Place): Place => {
  const file = address.startsWith("file://") ? fileURLToPath(address) : address
  const entry = mapOf(file)?.findEntry(line - 1, column - 1)
  return entry != null && "originalSource" in entry
    ? {
        file: entry.originalSource.startsWith("file://") ? fileURLToPath(entry.originalSource) : entry.originalSource,
        line: entry.originalLine + 1,
        column: entry.originalColumn + 1,
      }
    : { file, line, column }
}

/**
 * The map beside a bundle. Read where it is wanted: to have Node keep the maps of all that is
 * loaded takes longer than to load it.
 */
const mapOf = (file: string): SourceMap | null => {
  const map = `${file}.map`
  return fs.existsSync(map) ? new SourceMap(JSON.parse(fs.readFileSync(map, "utf8"))) : null
}
