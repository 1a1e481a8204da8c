/** The page of the formats of preferences: a file of each, and what the import makes of it. */

import { readdirSync, readFileSync } from "node:fs"
import { basename, resolve } from "node:path"
import { type FormatName, groups, type Layout } from "../../data/interchange/formats/index.ts"
import { importPreferences } from "../../data/interchange/import.ts"
import type { Mapping } from "../../data/interchange/mapping.ts"
import { describeImport } from "../../data/interchange/summary.ts"
import { openFile } from "../../data/open-file.ts"
import type { PreferenceRow } from "../../data/schema/preferences.ts"
import { block, code, paragraphs, prose, sentence, table } from "./markdown.ts"
import { docstring, root, type Source } from "./source.ts"

/** Small files of each format, `<format>.jsonl` or `<format>.<variant>.jsonl`. */
const folder = resolve(root, "test/data/formats")

const chapters: Readonly<Record<keyof typeof groups, string>> = {
  tools: "Formats of tools",
  people: "Data sets judged by people",
  models: "Data sets judged by models, and benchmarks",
}

export const formatsPage = async (source: Source): Promise<string> => {
  const sections: Array<string> = []
  for (const [group, layouts] of Object.entries(groups) as ReadonlyArray<
    readonly [keyof typeof groups, Readonly<Record<string, Layout>>]
  >) {
    sections.push(`## ${chapters[group]}`)
    for (const [name, layout] of Object.entries(layouts)) sections.push(await section(name as FormatName, layout))
  }
  return paragraphs(
    "# Formats of preferences",
    `What \`importPreferences({ file, format })\` reads. Each format is shown by a small file in its shape, with made-up text, and by the
rows of [Preferences](./artifacts.md#preferences) that come out: columns that are null or false are left out. Beneath is what the import
prints. Most formats are a [mapping](#mapping) under a name, and the mapping is shown: for a file that differs in a column, change it.`,
    ...Object.entries(groups).map(([group, layouts]) =>
      table(
        [chapters[group as keyof typeof groups], ""],
        Object.entries(layouts).map(([name, { title }]) => [`[${code(name)}](#${name})`, title]),
      ),
    ),
    mappingSection(source),
    ...sections,
  )
}

const section = async (name: FormatName, { title, of, note, mapping }: Layout): Promise<string> => {
  const files = readdirSync(folder)
    .filter((file) => file === `${name}.jsonl` || file.startsWith(`${name}.`))
    .sort((one, other) => one.length - other.length)
  if (files.length === 0) throw new Error(`test/data/formats has no file of the format ${name}: add ${name}.jsonl`)
  const examples = await Promise.all(files.map((file) => example(name, resolve(folder, file))))
  return paragraphs(
    `### ${name}`,
    `${title}. Used by ${of.join(", ")}.${note === undefined ? "" : ` ${prose(note)}`}`,
    mapping === undefined ? "" : block("ts", `export const mapping = ${writeMapping(mapping)}`),
    ...examples.flat(),
  )
}

const example = async (name: FormatName, path: string): Promise<ReadonlyArray<string>> => {
  const file = await openFile(path)
  const rows: Array<PreferenceRow> = []
  let said: ReadonlyArray<string> = []
  try {
    for await (const imported of importPreferences(file, name)) {
      rows.push(...imported.rows)
      said = describeImport(imported.summary)
    }
  } finally {
    await file.close()
  }
  const variant = basename(path, ".jsonl").slice(name.length + 1)
  return [
    variant === "" ? "" : `${variant[0]?.toUpperCase()}${variant.slice(1).replaceAll("-", " ")}:`,
    block("jsonl", readFileSync(path, "utf8").trim()),
    block("jsonl", rows.map(writeRow).join("\n")),
    said.length === 0 ? "" : block("text", said.join("\n")),
  ]
}

/** A row without what is the same in every import, and without what is absent. */
const writeRow = ({ prompt, chosen, rejected, score_chosen, score_rejected, p_chosen, annotators, tie, source }: PreferenceRow): string =>
  JSON.stringify({
    prompt,
    chosen,
    rejected,
    ...(score_chosen === null ? {} : { score_chosen }),
    ...(score_rejected === null ? {} : { score_rejected }),
    ...(p_chosen === null ? {} : { p_chosen }),
    ...(annotators === null ? {} : { annotators }),
    ...(tie ? { tie } : {}),
    source,
  })

/** A mapping as a pipeline writes it. */
const writeMapping = (mapping: Mapping): string => {
  const lines = Object.entries(mapping).map(([name, value]) => `  ${name}: ${writeValue(value)},`)
  return `{\n${lines.join("\n")}\n}`
}

const writeValue = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(writeValue).join(", ")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([name, inside]) => `${name}: ${writeValue(inside)}`)
    .join(", ")} }`
}

/** What each name of a mapping means, from the docstrings of its type. */
const mappingSection = ({ checker, exportsOf }: Source): string => {
  const symbol = exportsOf("data/interchange/mapping.ts").get("Mapping")
  if (symbol === undefined) throw new Error("data/interchange/mapping.ts exports no Mapping")
  const names = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
  return paragraphs(
    "## Mapping",
    prose(docstring(checker, symbol)),
    `Paths name columns and what is inside of them: ${code("question")}, ${code("answers[0].text")}, ${code("messages[-1].content")}
(the last), ${code("answers[*].rank")} (each element of a list), ${code("messages[:-1]")} (a list without its last element), and
${code('["a.b"]')} for a name with other characters. A ${code("?")} at the end says that a value may be missing. Without it a record
that lacks the column fails the import. A response that is there but not text is left out and counted, and so is one without a rank or
score. Numbers may be written as text; values that say which response is better may be in any case.`,
    table(
      ["name", ""],
      names.map((name) => [code(name.name), sentence(docstring(checker, name))]),
    ),
  )
}
