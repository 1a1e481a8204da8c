import type { Columns, Row } from "../../../dsl/column.ts"
import { demonstrations } from "../../schema/index.ts"
import { splitOf } from "../../split.ts"
import type { Corpus } from "../write.ts"
import { type Package, readPackages } from "./packages.ts"

/** Of every row, where it is from: the licence of a description is that of its package. */
export const columns = { ...demonstrations, package: "utf8", source: "utf8", version: "utf8" } as const satisfies Columns

/** A prompt is as much of the description as a small policy can read beside the synopsis. */
const promptWords = 16
const [fewestCharacters, mostCharacters] = [40, 100]

/** Packages of one source have descriptions alike. */
const mostOfSource = 2

/** Sections whose packages are parts of others, and described as such. */
const leftOut = new Set(["debug", "libdevel", "localization", "metapackages", "oldlibs", "kernel", "doc"])

/**
 * Derives the task's tables from Debian's `Packages` and `Translation-en`: the beginning of a
 * package's long description, ` =>`, and its synopsis. Split by source package; prompts and
 * synopses are distinct. Fails with a DataFileError or LineError where a file is not what it should
 * be.
 */
export const deriveCorpus = async (index: string, translation: string): Promise<Corpus<Row<typeof columns>>> => {
  const seen = new Set<string>()
  const ofSource = new Map<string, number>()
  const entries = (await readPackages(index, translation)).flatMap((each) => {
    const { name, source, version } = each
    const [prompt, synopsis] = [promptOf(each), synopsisOf(each)]
    const taken = ofSource.get(source) ?? 0
    if (prompt === undefined || synopsis === undefined || taken >= mostOfSource) return []
    const known = [prompt, ` ${synopsis}`.toLowerCase()]
    if (known.some((text) => seen.has(text))) return []
    for (const text of known) seen.add(text)
    ofSource.set(source, taken + 1)
    return [{ package: name, source, version, prompt, synopsis, split: splitOf("tldr", source) }]
  })
  return {
    text: entries.map(({ prompt, synopsis, split, ...origin }, text_id) => ({
      text_id,
      text: `${prompt} ${synopsis}`,
      kind: "synopsis",
      split,
      response_start: prompt.length,
      ...origin,
    })),
    prompts: entries.map(({ prompt, split }, prompt_id) => ({ prompt_id, prompt, split })),
  }
}

/**
 * The first sentences of the description's first paragraph that fit, or the first words of the
 * first one.
 */
const promptOf = ({ section, description }: Package): string | undefined => {
  const area = section.split("/").at(-1) ?? ""
  const end = description.findIndex((line) => line === "." || line.startsWith(" "))
  const paragraph = clean(description.slice(0, end < 0 ? undefined : end).join(" "))
  if (leftOut.has(area) || !isPlain(paragraph) || /^this (?:meta-?)?package (?:contains|provides|is|depends)/i.test(paragraph))
    return undefined
  const sentences = paragraph.split(/(?<=[.!?]) (?=[A-Z])/)
  let prompt = firstWords(sentences[0] ?? "")
  for (const sentence of sentences.slice(1)) {
    const longer = `${prompt} ${sentence}`
    if (firstWords(longer) !== longer) break
    prompt = longer
  }
  return prompt.length < fewestCharacters ? undefined : `${prompt} =>`
}

/** As many whole words of a text as a prompt may have. */
const firstWords = (text: string): string => {
  let taken = ""
  for (const word of text.split(" ").slice(0, promptWords)) {
    if (taken.length + 1 + word.length > mostCharacters) break
    taken = taken === "" ? word : `${taken} ${word}`
  }
  return taken
}

/**
 * The synopsis without its end in brackets or after a dash, which says what part of the source the
 * package is.
 */
const synopsisOf = ({ synopsis }: Package): string | undefined => {
  const line = clean(synopsis.replace(/\s+(?:--?\s|\().*$/, ""))
  const count = line.split(" ").length
  const fits = isPlain(line) && count >= 3 && count <= 12 && line.length <= 70
  return fits && !/transitional|dummy|meta-?package/i.test(line) ? line : undefined
}

/**
 * English in the main: no addresses, no code, nothing that would take a small vocabulary many
 * tokens.
 */
const isPlain = (text: string): boolean =>
  /^[ -~]+$/.test(text) && !/=>|::|[\w/.:-]{21}/.test(text) && text.replaceAll(/[^a-z ]/gi, "").length >= 0.9 * text.length

const clean = (text: string): string => text.replaceAll(/\s+/g, " ").trim()
