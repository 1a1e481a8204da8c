/** Derives this folder's tables again: `npx tsx data/corpora/tldr/derive.ts <Packages> <Translation-en> [target folder]`, both of Debian 12.15, main, uncompressed. */

import { count, writeCorpus } from "../write.ts"
import { columns, deriveCorpus } from "./corpus.ts"

const [index, translation, target = import.meta.dirname] = process.argv.slice(2)
if (index === undefined || translation === undefined) {
  console.error("usage: npx tsx data/corpora/tldr/derive.ts <Packages> <Translation-en> [target folder]")
  process.exit(2)
}
const corpus = await deriveCorpus(index, translation)
await writeCorpus(target, columns, corpus)
console.log(`synopses: ${count(corpus.text)}, of ${new Set(corpus.text.map(({ source }) => source)).size} sources`)
console.log(`prompts: ${count(corpus.prompts)}`)
