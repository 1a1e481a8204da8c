import { Option, Schema } from "effect"
import type { PreferenceRow } from "../../data/schema/index.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/**
 * Labelled pairs by the kind of judge that labelled them (`gold`, `human`, `proxy`, …): all of
 * them, and those that are not ties.
 */
export const Labels = Schema.Record(Schema.String, Schema.Struct({ pairs: Count, untied: Count }))
export type Labels = typeof Labels.Type

/**
 * Sets of labels that judges have learned from, each under a name that no other set has: the
 * digest of the table that it came in, or a name of one's own for what was fitted elsewhere. Two
 * judges that learned from one set have it once. Tables that share some of their pairs are sets of
 * their own, and count these twice.
 */
export const LabelSets = Schema.Record(Schema.String, Labels)
export type LabelSets = typeof LabelSets.Type

/** The parameter of a scorer's stage that has the labels that `scorer` was declared with. */
export const labelsParameter = "learnedFrom"

/** Several together. */
export const addLabels = (parts: ReadonlyArray<Labels>): Labels => {
  const sources = [...new Set(parts.flatMap((part) => Object.keys(part)))].sort()
  const sum = (source: string, of: "pairs" | "untied") => parts.reduce((total, part) => total + (part[source]?.[of] ?? 0), 0)
  return Object.fromEntries(sources.map((source) => [source, { pairs: sum(source, "pairs"), untied: sum(source, "untied") }]))
}

/** The sets of several judges, each once, in the order of their names. */
export const uniteSets = (parts: ReadonlyArray<LabelSets>): LabelSets =>
  Object.fromEntries(parts.flatMap((part) => Object.entries(part)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

/** How many labels are in sets. */
export const countSets = (sets: LabelSets): Labels => addLabels(Object.values(sets))

/** What a table tells of the labels that it holds. */
interface TableLabels {
  /** Its own. */
  readonly own: Labels
  /** Those that its judges had learned from (`judge_labels`), each set once. */
  readonly behind: LabelSets
  /** False where a proxy labelled that does not say what it had learned from. */
  readonly areAllKnown: boolean
}

const readTable = (rows: ReadonlyArray<PreferenceRow>): TableLabels => {
  const own = new Map<string, { pairs: number; untied: number }>()
  const behind = new Set<string>()
  let areAllKnown = true
  for (const { source, tie, judge_labels } of rows) {
    const { pairs, untied } = own.get(source) ?? { pairs: 0, untied: 0 }
    own.set(source, { pairs: pairs + 1, untied: untied + (tie ? 0 : 1) })
    if (judge_labels !== null) behind.add(judge_labels)
    else if (source === "proxy") areAllKnown = false
  }
  const sets = [...behind].map(decodeSets)
  return {
    own: Object.fromEntries(own),
    behind: uniteSets(sets.filter((each) => each !== undefined)),
    areAllKnown: areAllKnown && sets.every((each) => each !== undefined),
  }
}

/**
 * The labels of a table, and those that its judges had learned from, each set once
 * (`judge_labels`). `areAllKnown` is false where a proxy labelled that does not say what it had
 * learned from.
 */
export const labelsOf = (rows: ReadonlyArray<PreferenceRow>): { readonly labels: Labels; readonly areAllKnown: boolean } => {
  const { own, behind, areAllKnown } = readTable(rows)
  return { labels: addLabels([own, countSets(behind)]), areAllKnown }
}

/**
 * What a judge has learned from that was fitted to a table of this digest: the table, and what its
 * judges had learned from. Undefined where that is not known of one of them.
 */
export const labelSetsOf = (rows: ReadonlyArray<PreferenceRow>, digest: string): LabelSets | undefined => {
  const { own, behind, areAllKnown } = readTable(rows)
  return areAllKnown ? uniteSets([behind, { [digest]: own }]) : undefined
}

/**
 * As the column `judge_labels` has them: `{"<digest>":{"gold":{"pairs":102000,"untied":36851}}}`.
 */
export const encodeSets = (sets: LabelSets | undefined): string | null => (sets === undefined ? null : JSON.stringify(sets))

/** Undefined where a text does not have that form. */
const decodeSets = (text: string): LabelSets | undefined => Option.getOrUndefined(decode(text))

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(LabelSets))

/**
 * Prints one line where ties are left out of training; metrics and `judge.json` have how
 * many, as the difference of all labels and untied ones.
 */
export const printTies = (rows: ReadonlyArray<PreferenceRow>): void => printDroppedTies(rows.filter(({ tie }) => tie).length, rows.length)

/** Prints one line where `ties` of so many pairs are left out. */
export const printDroppedTies = (ties: number, pairs: number): void => {
  if (ties > 0) console.log(`${ties} of ${pairs} pairs are ties, and are left out`)
}

/**
 * Prints one line where a run cannot count the labels behind its judge, so that a budget is not
 * taken for whole.
 */
export const printUnknownLabels = (): void =>
  console.log(
    "a proxy does not say from how many labels it has learned, as a fitted one does and a scorer() that declares its `labels`: they are missing in this run's budget",
  )

/**
 * Prints one line where a stage hands on fewer labelled pairs than it was given, or judged: a
 * budget counts those that reach a learner.
 */
export const printKept = (kept: number, labelled: number): void => {
  if (kept < labelled) console.log(`${kept} of ${labelled} labelled pairs are kept; budgets count these alone`)
}

/**
 * Prints what a table tells of labels that were paid for and are not in it, one line each: pairs
 * that are missing between its `pair_id`s, which every stage that makes pairs counts from 0, and
 * policies other than the reference (by its digest) that the responses were drawn from.
 */
export const printUncounted = (rows: ReadonlyArray<PreferenceRow>, reference?: string): void => {
  const ids = new Set(rows.map(({ pair_id }) => pair_id))
  const last = rows.reduce((most, { pair_id }) => Math.max(most, pair_id), -1)
  if (last >= ids.size)
    console.log(
      `there are ${ids.size} pairs, and their pair_id goes up to ${last}: if others were labelled and discarded, their labels are not known here and are missing in the budget`,
    )
  if (reference !== undefined && rows.some(({ policy_key }) => policy_key !== null && policy_key !== reference))
    console.log(
      "responses were drawn from a policy that is not the reference: if it was trained on labels, these are not known here and are missing in the budget",
    )
}
