/** The page of `assay/learning`: the parts of training stages, by the folders of the sources. */

import type ts from "typescript"
import { declarationsOf } from "./declarations.ts"
import { block, code, paragraphs, prose, sentence, table } from "./markdown.ts"
import { docstring, isForeign, pathOf, type Source } from "./source.ts"

const entry = "learning/index.ts"

/** Folders of the sources, and what the page calls them, in the order of a reader. */
const chapters: ReadonlyArray<readonly [folder: string, title: string]> = [
  ["learning/train/", "Training on pairs"],
  ["learning/trainer/", "Optimiser, batches and resuming"],
  ["learning/objective/", "Objectives"],
  ["learning/policy/", "Policies, text and log-probabilities"],
  ["learning/tokenizer/", "Tokenizers"],
  ["learning/decode/", "Drawing responses"],
  ["learning/judge/", "Judges"],
  ["engine/random/", "Random numbers"],
  ["engine/", "Tensor programs"],
]

export const learningPage = (source: Source): string => {
  const declared = declarationsOf(source)
  const exported = [...source.exportsOf(entry)].map(([name, symbol]) => {
    const file = symbol.declarations?.[0]?.getSourceFile()
    return { name, symbol, path: file === undefined || isForeign(symbol) ? "engine/" : pathOf(file) }
  })
  const chapterOf = (path: string) => chapters.find(([folder]) => path.startsWith(folder))?.[0]
  const left = exported.filter(({ path }) => chapterOf(path) === undefined)
  if (left.length > 0)
    throw new Error(`no chapter for ${left.map(({ name }) => name).join(", ")}: add their folder to docs/generate/learning.ts`)
  const section = ({ name, symbol }: (typeof exported)[number]) =>
    isForeign(symbol)
      ? paragraphs(`### ${name}`, `TensorFlow.js, the one copy that the engine computes with. It has the types too: ${code("tf.Tensor")}.`)
      : paragraphs(
          `### ${name}`,
          prose(docstring(source.checker, symbol)),
          block("ts", declared(entry, name)?.text ?? ""),
          members(source, symbol),
        )
  const isValue = (name: string) => /^(const|function|(abstract )?class)/.test(declared(entry, name)?.text ?? "")
  const ordered = (folder: string) =>
    exported
      .filter(({ path }) => chapterOf(path) === folder)
      .sort((a, b) => Number(isValue(b.name)) - Number(isValue(a.name)) || (a.name < b.name ? -1 : 1))
  return paragraphs(
    "# Parts of training",
    `Everything that ${code("assay/learning")} exports: what training stages are made of, for a method of your own. [Write a method](../guides/write-a-method.md) builds one. Import it from the module that implements a stage, never from a pipeline file. The stage declares ${code("engine: true")}.`,
    chapters.flatMap(([folder, title]) => [`## ${title}`, ...ordered(folder).map(section)]),
  )
}

/** What is said of the members of a class or an interface. */
const members = ({ checker }: Source, { members }: ts.Symbol): string =>
  table(
    ["member", ""],
    [...(members ?? [])].flatMap(([, member]) => {
      // A constructor has no symbol of its own name, and its docstring is that of its signature.
      const name = member.name === "__constructor" ? "new" : member.name
      const text = docstring(checker, member)
      return text === "" || name.startsWith("__#") ? [] : [[code(name), sentence(text)]]
    }),
  )
