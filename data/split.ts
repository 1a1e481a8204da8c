import { createHash } from "node:crypto"

export type Split = "train" | "test"

/** One key in ten is for testing. */
const testShare = 0.1

/**
 * The split of whatever has this key, by a hash of it alone. `task` keeps the draws of the tasks
 * apart.
 */
export const splitOf = (task: string, key: string): Split => {
  const first = createHash("sha256").update(`${task} split 1\n${key}`).digest().readUInt32BE(0)
  return first / 2 ** 32 < testShare ? "test" : "train"
}

/**
 * Splits texts by the prompts that begin them: a text's split is that of the shortest prompt that
 * is a beginning of it, drawn by a hash of that prompt alone. So no prompt of the test split begins
 * a text of the train split, not even one that is cut within a word: of two prompts that begin one
 * text the shorter begins the longer, and both have one shortest beginning. Texts that no prompt
 * begins are for training.
 */
export const splitBy = (task: string, prompts: Iterable<string>): ((text: string) => Split) => {
  const known = new Set(prompts)
  const lengths = [...new Set(Array.from(known, (prompt) => prompt.length))].sort((a, b) => a - b)
  return (text) => {
    for (const length of lengths) {
      if (length > text.length) break
      const beginning = text.slice(0, length)
      if (known.has(beginning)) return splitOf(task, beginning)
    }
    return "train"
  }
}
