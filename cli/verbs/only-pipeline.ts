/**
 * The pipeline that is meant where the reader names none and none has run: the only one there is.
 */

import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { Settings } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import { remark } from "../print/screen.ts"

/** Folders below the project's that are searched: a pipeline deeper down has to be named. */
const mostDeep = 3

/** Pipelines that are named in a message. */
const mostNamed = 8

const declares = /^export\s+default\s+pipeline\s*\(/m

/**
 * Its file, as one would type it, and a remark that says which it is. Fails where there is none, or
 * more than one.
 */
export const onlyPipeline = Effect.gen(function* () {
  const { projectRoot } = yield* Settings
  const files = yield* Effect.sync(() => pipelinesIn(projectRoot, 0).map((file) => path.relative(process.cwd(), file)))
  const [file] = files
  if (file === undefined) {
    const message = `${projectRoot}: expected a pipeline, found none; name a file with "assay run <file>", or write a first one with "assay init"`
    return yield* new UsageError({ message })
  }
  if (files.length > 1) {
    const rest = files.length - mostNamed
    const named = `${files.slice(0, mostNamed).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`
    return yield* new UsageError({
      message: `expected one pipeline, found ${files.length}: name one of ${named}, as in "assay run ${file}"`,
    })
  }
  yield* remark(`${file} is the only pipeline here`)
  return file
})

/**
 * Files that export a pipeline, in the order of their names; those of a folder before those of
 * folders in it.
 */
const pipelinesIn = (folder: string, depth: number): ReadonlyArray<string> => {
  const entries = entriesOf(folder).sort((a, b) => (a.name < b.name ? -1 : 1))
  const files = entries.filter((entry) => entry.isFile() && /\.[mc]?[jt]s$/.test(entry.name) && !/\.d\.[mc]?ts$/.test(entry.name))
  const folders = depth === mostDeep ? [] : entries.filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name))
  return [
    ...files.map(({ name }) => path.join(folder, name)).filter((file) => declares.test(textOf(file))),
    ...folders.flatMap(({ name }) => pipelinesIn(path.join(folder, name), depth + 1)),
  ]
}

/** What cannot be read holds no pipeline that could be run. */
const entriesOf = (folder: string): Array<fs.Dirent> => {
  try {
    return fs.readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

const textOf = (file: string): string => {
  try {
    return fs.readFileSync(file, "utf8")
  } catch {
    return ""
  }
}
