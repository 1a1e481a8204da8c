import type { GraphStage } from "../../dsl/graph.ts"
import type { NamedFile } from "../store/code/files.ts"
import type { Source } from "../store/results/manifest.ts"
import type { RunCode } from "./graph-code.ts"

/**
 * A pinned version is never silent: says for a reader what changed underneath since a result was
 * made; null if the code is the same. `then` are the files of that time, null if they are no longer
 * on record.
 */
export const pinRemark = (
  stage: GraphStage,
  source: Source | undefined,
  then: (files: string) => ReadonlyArray<NamedFile> | null,
  graphCode: Pick<RunCode, "codeDigest" | "files">,
): string | null => {
  const { version } = stage.declaration
  if (version === undefined || source === undefined || source.code === graphCode.codeDigest(stage)) return null
  const files = then(source.files)
  const what = files === null ? "files that are no longer on record" : changedFiles(files, graphCode.files(stage).list).join(", ")
  return `its code is pinned to version ${version}; changed underneath: ${what}`
}

/** The names of files that came, went, or are not what they were. */
export const changedFiles = (before: ReadonlyArray<NamedFile>, after: ReadonlyArray<NamedFile>): ReadonlyArray<string> => {
  const [old, current] = [contentsByName(before), contentsByName(after)]
  return [...new Set([...old.keys(), ...current.keys()])].sort().filter((name) => old.get(name) !== current.get(name))
}

/** Of modules in several folders, two files may have one name. */
const contentsByName = (files: ReadonlyArray<NamedFile>): ReadonlyMap<string, string> => {
  const contents = new Map<string, string>()
  for (const { name, sha256 } of files) contents.set(name, `${contents.get(name) ?? ""} ${sha256}`)
  return contents
}
