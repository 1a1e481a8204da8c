import { file } from "assay"
import { GoldJudge, Prompts, Text } from "../artifacts.ts"

/** The tasks that are shipped, and where their tables are. */
const shipped = {
  sentiment: "assay:data/corpora/sentiment",
} as const

/**
 * A task: its text, its prompts (with their splits), and the gold judge that stands for the human.
 * `sentiment`: example sentences of WordNet, to be continued from their first two words; gold is VADER's compound score of the whole sentence.
 */
export const corpus = ({ task }: { readonly task: keyof typeof shipped }) => {
  const folder = shipped[task]
  return {
    text: file(`${folder}/text.parquet`, Text),
    prompts: file(`${folder}/prompts.parquet`, Prompts),
    gold: file(`${folder}/judge.json`, GoldJudge),
  }
}
