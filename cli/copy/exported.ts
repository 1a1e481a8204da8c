import type { ExportedTrl } from "../../runtime/index.ts"
import { pluralize } from "../print/number.ts"
import type { CopiedFile } from "./artifact.ts"

/** What was written of a stage, and what of its content a reader of the files must know. */
export interface Exported {
  readonly copied: ReadonlyArray<CopiedFile>
  readonly notes: Notes
}

/** Counts of what the format could not say. Those of another format are absent. */
export interface Notes {
  /** TRL: ties, which are left out. */
  readonly ties?: number
  /** TRL: responses that tokenise differently when read back; null where no policy tells. */
  readonly responses?: ExportedTrl["responses"]
  /** TRL's implicit form: pairs in which a reader finds another end of the prompt. */
  readonly movedPrompts?: number
  /** TRL with token ids: responses without any. */
  readonly withoutTokens?: number
  /** JSON Lines: numbers that were not finite, which are null. */
  readonly notFinite?: number
}

/** The same in words, one sentence per line. */
export const describeNotes = ({
  ties = 0,
  responses,
  movedPrompts = 0,
  withoutTokens = 0,
  notFinite = 0,
}: Notes): ReadonlyArray<string> => {
  const { compared = 0, differing = 0, cut = 0 } = responses ?? {}
  const say = (count: number, sentence: string) => (count === 0 ? [] : [sentence])
  return [
    ...say(ties, `${pluralize(ties, "tie")} left out: TRL's form cannot express ties`),
    ...say(
      differing,
      `${differing} of ${compared} responses tokenise differently when read back as text; the table has the sampled tokens, and --token-ids adds them`,
    ),
    ...say(cut, `${cut} of ${compared} responses were cut before <|endoftext|>, which TRL appends to each`),
    ...say(
      movedPrompts,
      `${pluralize(movedPrompts, "pair")} with responses that begin alike, so that a reader finds another end of the prompt`,
    ),
    ...say(withoutTokens, `${pluralize(withoutTokens, "response")} without token ids: they were imported`),
    ...say(notFinite, `${pluralize(notFinite, "number")} that JSON cannot express (NaN, infinite) became null; csv and parquet keep them`),
  ]
}

/** Adds up the counts of several files. */
export const addNotes = (all: ReadonlyArray<Notes>): Notes => {
  const sum = (name: Exclude<keyof Notes, "responses">) => {
    const counts = all.flatMap((notes) => (notes[name] === undefined ? [] : [notes[name]]))
    return counts.length === 0 ? {} : { [name]: counts.reduce((total, count) => total + count, 0) }
  }
  const responses = all.flatMap((notes) => (notes.responses == null ? [] : [notes.responses]))
  const add = (name: "compared" | "differing" | "cut") => responses.reduce((total, counts) => total + counts[name], 0)
  return {
    ...sum("ties"),
    ...(all.every((notes) => notes.responses === undefined)
      ? {}
      : { responses: responses.length === 0 ? null : { compared: add("compared"), differing: add("differing"), cut: add("cut") } }),
    ...sum("movedPrompts"),
    ...sum("withoutTokens"),
    ...sum("notFinite"),
  }
}
