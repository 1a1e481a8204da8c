import type { Row } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { permutation } from "../../engine/random/philox.ts"
import { type Judge, toTextPair } from "../judge/judge.ts"
import type { Sequence } from "../policy/packing.ts"
import { chosenSequence, fitPair, rejectedSequence, tokenizePair } from "../policy/token-pair.ts"
import { TruncationCount } from "../policy/truncation-count.ts"
import { exchangeResponses } from "../preferences/exchange.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"

type Preference = Row<typeof preferences>

/** A pair that gold has ordered, in tokens. */
export interface GivenPair {
  readonly pair_id: number
  readonly chosen: Sequence
  readonly rejected: Sequence
}

interface Options {
  readonly gold: Pick<Judge, "compare">
  readonly tokenizer: Tokenizer
  /**
   * Of the policy that classifies them, in tokens: what does not fit is cut, and the stage prints
   * one line about it.
   */
  readonly context: number
  readonly count: number
  readonly seed: number
}

/**
 * Draws at most `count` of the pairs that are not ties at random, in the table's order. Pairs
 * labelled by a proxy, as in an online stream, are ordered again by gold, and gold's ties left out
 * too: the question is always whether a policy agrees with gold. Pairs that differ only in what is
 * cut to fit the context are left out. `name` is what the table is called.
 */
export const orderGivenPairs = async (
  name: string,
  rows: ReadonlyArray<Preference>,
  { gold, tokenizer, context, count, seed }: Options,
): Promise<ReadonlyArray<GivenPair>> => {
  const decided = rows.filter(({ tie }) => !tie)
  const order = permutation(decided.length, seed, "classified pairs")
  const drawn: Array<readonly [index: number, row: Preference]> = []
  // Gold may be slow, so it is shown pairs in batches until `count` are drawn.
  for (let start = 0; start < order.length && drawn.length < count; start += count) {
    const candidates = [...order.subarray(start, start + count)].map((index) => [index, decided[index] as Preference] as const)
    drawn.push(...(await orderByGold(candidates, gold)))
  }
  const taken = drawn.slice(0, count).sort(([a], [b]) => a - b)
  const truncated = new TruncationCount()
  const fitting = taken.flatMap(([, row]) => {
    const pair = fitPair(tokenizePair(tokenizer, row), context)
    truncated.add(pair.cut, pair.isEmpty)
    return pair.isEmpty ? [] : [{ pair_id: row.pair_id, chosen: chosenSequence(pair), rejected: rejectedSequence(pair) }]
  })
  truncated.print("the policy", `pairs of "${name}"`, context)
  return fitting
}

const orderByGold = async (
  candidates: ReadonlyArray<readonly [number, Preference]>,
  gold: Pick<Judge, "compare">,
): Promise<ReadonlyArray<readonly [number, Preference]>> => {
  const byProxy = candidates.filter(([, { source }]) => source === "proxy")
  const verdicts = await gold.compare(byProxy.map(([, row]) => toTextPair(row)))
  const outcomes = new Map(byProxy.map(([index], position) => [index, verdicts[position]?.outcome]))
  return candidates.flatMap(([index, row]) => {
    const outcome = outcomes.get(index) ?? 1
    if (outcome === 0.5) return []
    return [[index, outcome === 1 ? row : exchangeResponses(row)] as const]
  })
}
