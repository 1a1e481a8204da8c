import * as fs from "node:fs"
import { textOf } from "../../disk/text.ts"
import type { Layout } from "../layout.ts"
import { type Unsealed, unseal } from "./seal.ts"

/** What is stored under a key, and in which file. */
export type StoredResult = { readonly state: "absent" } | (Unsealed & { readonly file: string })

/** The result under a key: beside one of another format, if there is one, ours. */
export const readResult = (layout: Layout, key: string): StoredResult => {
  const found = readFile(layout.result(key), key)
  if (found.state !== "foreign") return found
  const beside = readFile(layout.resultBeside(key), key)
  return beside.state === "absent" ? found : beside
}

/**
 * Whether there is a result under a key that this version can use, as far as its record can tell.
 */
export const hasResult = (layout: Layout, key: string): boolean => readResult(layout, key).state === "whole"

/** Where the result of a key is to be put: one of another format is not replaced. */
export const placeFor = (layout: Layout, key: string): string =>
  readFile(layout.result(key), key).state === "foreign" ? layout.resultBeside(key) : layout.result(key)

const readFile = (file: string, key: string): StoredResult => {
  // A look counts as a use for collections. A collection may just have removed the file.
  const text = touch(file) ? textOf(file) : null
  return text === null ? { state: "absent" } : { ...unseal(text, key), file }
}

/** Whether the file is there. In a store that cannot be written, nothing is collected either. */
const touch = (file: string): boolean => {
  try {
    fs.utimesSync(file, new Date(), new Date())
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT"
  }
}
