import { LeftOut } from "../left-out.ts"
import type { Mapping } from "../mapping.ts"
import { pathOf } from "../path.ts"
import type { ForeignPreference, PreferenceReader } from "../preference.ts"
import type { ForeignRecord } from "../record.ts"
import { keepBoth } from "./pair.ts"
import { openRenderer, readNumber, readValue } from "./render.ts"
import { compileVotes, compileWinner, findMajority, type Verdict, type Votes } from "./verdict.ts"

type Comparison = Mapping & { readonly first: string; readonly second: string }

/**
 * Records with two responses, and beside them which is better: a verdict, the votes of annotators,
 * or two scores.
 */
export const openComparisons = (mapping: Comparison): PreferenceReader => {
  const render = openRenderer(mapping)
  const [first, second] = [pathOf(mapping.first), pathOf(mapping.second)]
  const scores = [mapping.scoreFirst, mapping.scoreSecond].map((path) => (path === undefined ? undefined : pathOf(path)))
  const readWinner = compileWinner(mapping)
  const readVotes = compileVotes(mapping)
  return {
    read: (record) => {
      const { prompt, responses } = render(record, [readValue(record, first), readValue(record, second)])
      const [one, other] = keepBoth(responses)
      const [scoreFirst = null, scoreSecond = null] = scores.map((path) => (path === undefined ? null : readNumber(record, path)))
      const votes = readVotes?.(record)
      const verdict = readWinner?.(record) ?? findVerdict(record, mapping, votes, scoreFirst, scoreSecond)
      const isFirst = verdict === "tie" ? (votes?.first ?? 0) >= (votes?.second ?? 0) : verdict === "first"
      const pair = isFirst ? [one, other] : [other, one]
      const pairScores = isFirst ? [scoreFirst, scoreSecond] : [scoreSecond, scoreFirst]
      return [
        {
          prompt,
          chosen: pair[0] as string,
          rejected: pair[1] as string,
          score_chosen: pairScores[0] ?? null,
          score_rejected: pairScores[1] ?? null,
          tie: verdict === "tie" || one === other,
          ...(votes === undefined ? { p_chosen: null } : shareVotes(votes, isFirst)),
        },
      ]
    },
  }
}

const findVerdict = (
  record: ForeignRecord,
  { scoreFirst, first }: Comparison,
  votes: Votes | undefined,
  one: number | null,
  other: number | null,
): Verdict => {
  if (votes !== undefined) {
    if (votes.count === 0) throw new LeftOut("undecided", record.fault(first, "has no vote"))
    return findMajority(votes)
  }
  if (one === null || other === null) throw new LeftOut("undecided", record.fault(scoreFirst, "is missing, or the score beside it"))
  return one === other ? "tie" : one > other ? "first" : "second"
}

/** The share of annotators for the chosen response; one who calls it a tie counts half. */
const shareVotes = ({ first, second, count }: Votes, isFirst: boolean): Pick<ForeignPreference, "p_chosen" | "annotators"> => {
  if (count === 0) return { p_chosen: null }
  const [chosen, rejected] = isFirst ? [first, second] : [second, first]
  const ties = count - chosen - rejected
  return { p_chosen: (chosen + ties / 2) / count, annotators: { count, agree: [chosen, rejected, ties].includes(count) } }
}
