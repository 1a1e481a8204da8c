import { type LeaveOut, LeftOut } from "../left-out.ts"
import type { Mapping } from "../mapping.ts"
import { pathOf } from "../path.ts"
import type { ForeignPreference, PreferenceReader } from "../preference.ts"
import type { ForeignRecord } from "../record.ts"
import { textsOf } from "./pair.ts"
import { numberAt, oneAt, renderer } from "./render.ts"
import { majority, type Verdict, type Votes, voteReader, winnerReader } from "./verdict.ts"

type Comparison = Mapping & { readonly first: string; readonly second: string }

/**
 * Records with two responses, and beside them which is better: a verdict, the votes of annotators,
 * or two scores.
 */
export const comparisonReader = (mapping: Comparison, leave: LeaveOut): PreferenceReader => {
  const render = renderer(mapping)
  const [first, second] = [pathOf(mapping.first), pathOf(mapping.second)]
  const scores = [mapping.scoreFirst, mapping.scoreSecond].map((path) => (path === undefined ? undefined : pathOf(path)))
  const readWinner = winnerReader(mapping)
  const readVotes = voteReader(mapping)
  return {
    read: (record) => {
      const { prompt, responses } = render(record, [oneAt(record, first), oneAt(record, second)])
      const [one, other] = textsOf(responses, leave)
      if (one === undefined || other === undefined) return []
      const [scoreFirst = null, scoreSecond = null] = scores.map((path) => (path === undefined ? null : numberAt(record, path)))
      const votes = readVotes?.(record)
      const verdict = readWinner?.(record) ?? verdictOf(record, mapping, votes, scoreFirst, scoreSecond)
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
          ...(votes === undefined ? { p_chosen: null } : shares(votes, isFirst)),
        },
      ]
    },
  }
}

const verdictOf = (
  record: ForeignRecord,
  { scoreFirst, first }: Comparison,
  votes: Votes | undefined,
  one: number | null,
  other: number | null,
): Verdict => {
  if (votes !== undefined) {
    if (votes.count === 0) throw new LeftOut("undecided", record.fault(first, "has no vote"))
    return majority(votes)
  }
  if (one === null || other === null) throw new LeftOut("undecided", record.fault(scoreFirst, "is missing, or the score beside it"))
  return one === other ? "tie" : one > other ? "first" : "second"
}

/** The share of annotators for the chosen response; one who calls it a tie counts half. */
const shares = ({ first, second, count }: Votes, isFirst: boolean): Pick<ForeignPreference, "p_chosen" | "annotators"> => {
  if (count === 0) return { p_chosen: null }
  const [chosen, rejected] = isFirst ? [first, second] : [second, first]
  const ties = count - chosen - rejected
  return { p_chosen: (chosen + ties / 2) / count, annotators: { count, agree: [chosen, rejected, ties].includes(count) } }
}
