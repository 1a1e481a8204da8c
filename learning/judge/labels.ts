import type { FilesInput } from "assay"
import type { PreferenceRow } from "../../data/schema/index.ts"

/**
 * Labelled pairs by the kind of judge that labelled them (`gold`, `human`, `proxy`, …): all of
 * them, and those that are not ties.
 */
export type Labels = Readonly<Record<string, { readonly pairs: number; readonly untied: number }>>

/** Several together. */
export const addLabels = (parts: ReadonlyArray<Labels>): Labels => {
  const sources = [...new Set(parts.flatMap((part) => Object.keys(part)))].sort()
  const sum = (source: string, of: "pairs" | "untied") => parts.reduce((total, part) => total + (part[source]?.[of] ?? 0), 0)
  return Object.fromEntries(sources.map((source) => [source, { pairs: sum(source, "pairs"), untied: sum(source, "untied") }]))
}

/**
 * The labels of a table, and those that its judges had learned from, each judge once
 * (`judge_labels`). Two judges that learned from the same labels count them twice. `areAllKnown` is
 * false where a proxy labelled that does not say what it had learned from.
 */
export const labelsOf = (rows: ReadonlyArray<PreferenceRow>): { readonly labels: Labels; readonly areAllKnown: boolean } => {
  const countsBySource = new Map<string, { pairs: number; untied: number }>()
  const labelsByJudge = new Map<string, string>()
  let areAllKnown = true
  for (const { source, tie, judge_key, judge_labels } of rows) {
    const { pairs, untied } = countsBySource.get(source) ?? { pairs: 0, untied: 0 }
    countsBySource.set(source, { pairs: pairs + 1, untied: untied + (tie ? 0 : 1) })
    if (judge_key !== null && judge_labels !== null) labelsByJudge.set(judge_key, judge_labels)
    else if (source === "proxy") areAllKnown = false
  }
  return { labels: addLabels([Object.fromEntries(countsBySource), ...[...labelsByJudge.values()].map(decodeLabels)]), areAllKnown }
}

/** As the column `judge_labels` has them: `{"gold":{"pairs":102000,"untied":30600}}`. */
export const encodeLabels = (labels: Labels | undefined): string | null => (labels === undefined ? null : JSON.stringify(labels))

const decodeLabels = (text: string): Labels => JSON.parse(text) as Labels

/**
 * What a judge has learned from, as its training left it in `trainer_state.json`; undefined where
 * it does not say.
 */
export const readJudgeLabels = async (judge: FilesInput): Promise<Labels | undefined> => {
  if (!judge.names.includes(stateFile)) return undefined
  const { labels } = JSON.parse(new TextDecoder().decode(await judge.read(stateFile))) as { readonly labels?: Labels }
  return labels
}

const stateFile = "trainer_state.json"

/**
 * Prints one line where ties are left out of training; metrics and `trainer_state.json` have how
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
    "a proxy does not say from how many labels it has learned, as one trained by preferenceModel() does: they are missing in this run's budget",
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
