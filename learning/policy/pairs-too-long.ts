import * as path from "node:path"
import type { ByteSource } from "../../data/byte-source.ts"
import { readForeignPairs } from "../../data/interchange/index.ts"
import { openFile } from "../../data/open-file.ts"
import { fewestTokens } from "../tokenizer/fewest-tokens.ts"
import type { DeclaredContext } from "./declared-context.ts"
import type { ImportedFile } from "./imported-file.ts"

/** The fewest tokens of a pair's prompt and its two responses, without what marks their ends. */
export interface FewestTokens {
  readonly prompt: number
  readonly responses: readonly [number, number]
}

/** Bytes of a file that are read, and pairs that are counted. Enough to tell, and soon done. */
const mostBytes = 4 * 2 ** 20
const mostPairs = 20_000

/**
 * A warning of imported pairs that do not fit a context, in a list; empty where none is found.
 * `lengthOf` is the length of the sequence that is read of a pair, in tokens. Ties, which train
 * nothing, are not among those found. A file that cannot be read or understood gives none: its
 * import says what is wrong with it.
 */
export const warnOfLongPairs = async (
  file: ImportedFile,
  { tokens, remedy }: DeclaredContext,
  lengthOf: (pair: FewestTokens) => number,
): Promise<ReadonlyArray<string>> => {
  const { pairs, isAll } = await pairsOf(file)
  const long = pairs.filter((pair) => lengthOf(pair) > tokens).length
  if (long === 0) return []
  const name = [path.basename(file.path), ...file.leftOutBy.slice(0, 1).map((stage) => `(before ${stage})`)].join(" ")
  const count = `at least ${long} of ${isAll ? "" : "the first "}${pairs.length} pairs`
  return [`${name}: ${count} are longer than the ${tokens} tokens of context; their prompts will be cut from the beginning. ${remedy}`]
}

interface Pairs {
  readonly pairs: ReadonlyArray<FewestTokens>
  /** Whether these are all that the file holds. */
  readonly isAll: boolean
}

/** Once for all stages that are checked. */
const known = new Map<string, Promise<Pairs>>()

const pairsOf = ({ path: file, format }: ImportedFile): Promise<Pairs> => {
  const name = JSON.stringify([file, format])
  const pairs = known.get(name) ?? readPairs(file, format)
  known.set(name, pairs)
  return pairs
}

const readPairs = async (file: string, format: ImportedFile["format"]): Promise<Pairs> => {
  const pairs: Array<FewestTokens> = []
  const opened = await openFile(file)
  try {
    for await (const { prompt, chosen, rejected, tie } of readForeignPairs(upTo(opened, mostBytes), format)) {
      if (pairs.length === mostPairs) return { pairs, isAll: false }
      // A tie fits every context.
      pairs.push(tie ? noTokens : { prompt: fewestTokens(prompt), responses: [fewestTokens(chosen), fewestTokens(rejected)] })
    }
    return { pairs, isAll: true }
  } catch (error) {
    return error instanceof EnoughRead ? { pairs, isAll: false } : { pairs: [], isAll: false }
  } finally {
    await opened.close()
  }
}

const noTokens: FewestTokens = { prompt: Number.NEGATIVE_INFINITY, responses: [0, 0] }

class EnoughRead extends Error {}

/** A file of which no more than so many bytes can be read; then an EnoughRead is thrown. */
const upTo = ({ name, size, read }: ByteSource, bytes: number): ByteSource => {
  let left = bytes
  return {
    name,
    size,
    read: async (start, end) => {
      left -= end - start
      if (left < 0) throw new EnoughRead()
      return read(start, end)
    },
  }
}
