import { LeftOut } from "../left-out.ts"
import type { Mapping, Value } from "../mapping.ts"
import { follow, isMany, type Placed, pathOf } from "../path.ts"
import { type ForeignRecord, spell } from "../record.ts"
import { readValue } from "./render.ts"

/** Which of two responses is better. */
export type Verdict = "first" | "second" | "tie"

/** What the annotators of a record said. */
export interface Votes {
  readonly first: number
  readonly second: number
  readonly count: number
}

/** What a value of a column means. */
export const readMeaning = <Meaning extends string>(
  record: ForeignRecord,
  { place, value }: Placed,
  meanings: ReadonlyArray<readonly [Meaning, ReadonlyArray<Value>]>,
): Meaning => {
  const found = meanings.find(([, values]) => values.some((one) => normalise(one) === normalise(value)))
  if (found !== undefined) return found[0]
  const expected = meanings.flatMap(([meaning, values]) => values.map((one) => `${JSON.stringify(one)} (${meaning})`))
  throw record.fault(place, `is ${spell(value)}; expected ${expected.join(", ")}`)
}

/** In CSV files numbers and booleans are text. */
const normalise = (value: unknown): string => String(value).trim().toLowerCase()

/** Reads which response a record says is better; undefined if a mapping does not say where. */
export const compileWinner = ({ winner, winners }: Mapping): ((record: ForeignRecord) => Verdict) | undefined => {
  if (winner === undefined) return undefined
  if (typeof winner === "string") {
    const path = pathOf(winner)
    return (record) => {
      const placed = readValue(record, path)
      if (placed.value === null || placed.value === undefined || placed.value === "")
        throw new LeftOut("undecided", record.fault(placed.place, "is missing; expected which response is better"))
      return readMeaning(record, placed, meanings(winners))
    }
  }
  const flags = (["first", "second", "tie"] as const).flatMap((verdict) => {
    const path = winner[verdict]
    return path === undefined ? [] : [[verdict, pathOf(path)] as const]
  })
  return (record) => {
    const set = flags.filter(([, path]) => isSet(record, readValue(record, path)))
    if (set.length > 1)
      throw record.fault(
        set[1]?.[1].text,
        `is set beside ${set[0]?.[1].text}; expected one of ${flags.map(([, { text }]) => text).join(", ")}`,
      )
    const [only] = set
    if (only === undefined) throw new LeftOut("undecided", record.fault(flags[0]?.[1].text, "and the other flags are not set"))
    return only[0]
  }
}

const isSet = (record: ForeignRecord, placed: Placed): boolean =>
  readMeaning(record, placed, [
    ["set", [true, 1]],
    ["not set", [false, 0]],
  ]) === "set"

const meanings = (winners: Mapping["winners"]): ReadonlyArray<readonly [Verdict, ReadonlyArray<Value>]> => [
  ["first", winners?.first ?? []],
  ["second", winners?.second ?? []],
  ["tie", winners?.tie ?? []],
]

/** Reads what the annotators of a record said; undefined if a mapping has none. */
export const compileVotes = ({ votes, winners }: Mapping): ((record: ForeignRecord) => Votes) | undefined => {
  if (votes === undefined) return undefined
  const paths = [votes].flat().map(pathOf)
  return (record) => {
    const placed = paths.flatMap((path) => (isMany(path) ? follow(path, record.fields) : [readValue(record, path)]))
    const said = placed
      .filter(({ value }) => value !== null && value !== undefined && value !== "")
      .map((vote) => readMeaning(record, vote, meanings(winners)))
    const of = (verdict: Verdict): number => said.filter((one) => one === verdict).length
    return { first: of("first"), second: of("second"), count: said.length }
  }
}

/** What more than half of the annotators said; a tie where they did not agree that far. */
export const findMajority = ({ first, second, count }: Votes): Verdict => {
  if (first * 2 > count) return "first"
  return second * 2 > count ? "second" : "tie"
}
