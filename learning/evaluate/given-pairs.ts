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
  /** Of the policy that is to classify them, in tokens: what does not fit is cut, and one line says so. */
  readonly context: number
  readonly count: number
  readonly seed: number
}

/**
 * At most `count` of the pairs that are not ties, drawn at random, in the table's order. Pairs labelled by a proxy, as an online stream has
 * them, are ordered again by gold, and its ties left out too: the question is always whether a policy agrees with gold. Pairs that the cut to the
 * context has left nothing to tell apart are left out. `name` is what the table is called.
 */
export const givenPairs = async (
  name: string,
  rows: ReadonlyArray<Preference>,
  { gold, tokenizer, context, count, seed }: Options,
): Promise<ReadonlyArray<GivenPair>> => {
  const decided = rows.filter(({ tie }) => !tie)
  const order = permutation(decided.length, seed, "classified pairs")
  const drawn: Array<readonly [index: number, row: Preference]> = []
  // Gold may be slow, so no more pairs are shown to it than it takes.
  for (let start = 0; start < order.length && drawn.length < count; start += count) {
    const candidates = [...order.subarray(start, start + count)].map((index) => [index, decided[index] as Preference] as const)
    drawn.push(...(await orderedByGold(candidates, gold)))
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

const orderedByGold = async (
  candidates: ReadonlyArray<readonly [number, Preference]>,
  gold: Pick<Judge, "compare">,
): Promise<ReadonlyArray<readonly [number, Preference]>> => {
  const foreign = candidates.filter(([, { source }]) => source === "proxy")
  const verdicts = await gold.compare(foreign.map(([, row]) => toTextPair(row)))
  const outcomes = new Map(foreign.map(([index], place) => [index, verdicts[place]?.outcome]))
  return candidates.flatMap(([index, row]) => {
    const outcome = outcomes.get(index) ?? 1
    if (outcome === 0.5) return []
    return [[index, outcome === 1 ? row : exchangeResponses(row)] as const]
  })
}
