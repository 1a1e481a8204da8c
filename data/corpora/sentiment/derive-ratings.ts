/**
 * Derives `ratings.parquet` again: `npx tsx data/corpora/sentiment/derive-ratings.ts
 * <vader_lexicon.txt of vaderSentiment 3.3.2> [target folder]`.
 */

import { join } from "node:path"
import { ratings as columns } from "../../schema/index.ts"
import { writeTable } from "../write.ts"
import { readRatings } from "./ratings.ts"

const [lexicon, target = import.meta.dirname] = process.argv.slice(2)
if (lexicon === undefined) {
  console.error("usage: npx tsx data/corpora/sentiment/derive-ratings.ts <vader_lexicon.txt of vaderSentiment 3.3.2> [target folder]")
  process.exit(2)
}
const rows = await readRatings(lexicon)
await writeTable(join(target, "ratings.parquet"), columns, rows)
console.log(`terms: ${rows.length}`)
