import type { FilesInput } from "assay"
import { judgeFile, readDescription } from "./judge-file.ts"
import { type LabelSets, uniteSets } from "./labels.ts"

/**
 * What the judge in a folder has learned from, by `judge.json`: the labels that it was fitted to,
 * and those of the judges that it is made of, which lie in folders of its own. Undefined of gold,
 * and where one of them does not say. Throws a StageError `JudgeFiles` where the folder is not a
 * judge's.
 */
export const readLabelSets = async (judge: FilesInput): Promise<LabelSets | undefined> => {
  const { judge: kind, inputs, labels } = await readDescription(judge)
  if (kind === "gold" || labels === null) return undefined
  const members = await Promise.all(inputs.flatMap((folder) => membersIn(judge, folder)).map(readLabelSets))
  const sets = labels === undefined ? members : [labels, ...members]
  if (sets.length === 0) return undefined
  const known = sets.filter((each) => each !== undefined)
  return known.length === sets.length ? uniteSets(known) : undefined
}

/** The judges in a folder: it is one, or has one in each of its own folders, or none. */
const membersIn = (judge: FilesInput, folder: string): ReadonlyArray<FilesInput> => {
  const files = judge.names.flatMap((name) => (name.startsWith(`${folder}/`) ? [name.slice(folder.length + 1)] : []))
  if (files.length === 0) return []
  const port = judge.within(folder)
  if (files.includes(judgeFile)) return [port]
  const folders = new Set(files.flatMap((name) => (name.endsWith(`/${judgeFile}`) ? [name.split("/")[0] as string] : [])))
  return [...folders].filter((name) => files.includes(`${name}/${judgeFile}`)).map((name) => port.within(name))
}
