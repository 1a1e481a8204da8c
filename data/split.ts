import { createHash } from "node:crypto"
import { Prefixes } from "./prefixes.ts"

export type Split = "train" | "test"

/** One key in ten is for testing. */
export const usualTestFraction = 0.1

/**
 * The split of whatever has this key, by a hash of it alone. `task` keeps the draws of the tasks
 * apart.
 */
export const splitOf = (task: string, key: string, testFraction: number = usualTestFraction): Split => {
  const first = createHash("sha256").update(`${task} split 1\n${key}`).digest().readUInt32BE(0)
  return first / 2 ** 32 < testFraction ? "test" : "train"
}

/**
 * Splits texts by the prompts that begin them: a text's split is that of the shortest prompt that
 * is a beginning of it, drawn by a hash of that prompt alone. So no prompt of the test split begins
 * a text of the train split, not even one that is cut within a word: of two prompts that begin one
 * text the shorter begins the longer, and both have one shortest beginning. Texts that no prompt
 * begins are for training.
 */
export const splitBy = (task: string, prompts: Iterable<string>, testFraction: number = usualTestFraction): ((text: string) => Split) => {
  const prefixes = new Prefixes(prompts)
  return (text) => {
    const shortest = [...prefixes.of(text)].at(-1)
    return shortest === undefined ? "train" : splitOf(task, shortest, testFraction)
  }
}
