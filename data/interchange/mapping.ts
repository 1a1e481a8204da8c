import { type Path, parsePath } from "./path.ts"

/**
 * How the records of a file say what was preferred to what: paths into a record (`question`,
 * `answers[0].text`, `answers[*].rank`, `input?`). Exactly one of six forms, by the names that it
 * has: `chosen` and `rejected`; `first` and `second`; `responses`; `response` and `label`;
 * `response` and `score`; `tree`.
 */
export interface Mapping {
  /**
   * The prompt: text, or a list of messages. Several texts are joined by a line end, and those that
   * are missing or empty are left out. Without it the prompt is what both responses begin with.
   */
  readonly prompt?: string | ReadonlyArray<string>
  /** A system message in front of the prompt. */
  readonly system?: string
  /**
   * What texts are: "text" is taken as it is, so that a policy reads a response right after its
   * prompt; of a "dialogue" the prompt is what the user says and a response what the assistant
   * answers. Where there are messages or a system message, it is a dialogue, and of a "dialogue"
   * without a prompt the responses must be conversations. "text" if absent.
   */
  readonly as?: "text" | "dialogue"
  /** How many turns of the conversations were judged; later ones are cut. */
  readonly turns?: string
  /** Columns whose text is JSON, as in CSV files. */
  readonly json?: ReadonlyArray<string>
  /** Who judged, as the column `source` says it: "human", "model". "imported" if absent. */
  readonly source?: string

  /** The better response; with `[*]` several, each better than every rejected one. */
  readonly chosen?: string
  /** The worse response, or with `[*]` responses. */
  readonly rejected?: string
  /** The score of the better response. */
  readonly scoreChosen?: string
  /** The score of the worse response. */
  readonly scoreRejected?: string

  /** One of two responses, of which `winner`, `votes` or scores say which is better. */
  readonly first?: string
  /** The other response. */
  readonly second?: string
  /** Which is better: one value, or a flag for each verdict. Else votes or scores say it. */
  readonly winner?: string | { readonly first: string; readonly second: string; readonly tie?: string }
  /** What each annotator said; more than half of them decide where there is no `winner`. */
  readonly votes?: string | ReadonlyArray<string>
  /** The values of `winner` and `votes` that mean each verdict. */
  readonly winners?: {
    readonly first: ReadonlyArray<Value>
    readonly second: ReadonlyArray<Value>
    readonly tie?: ReadonlyArray<Value>
  }
  /** The score of the first response; without `winner` and `votes`, the larger score is better. */
  readonly scoreFirst?: string
  /** The score of the second response. */
  readonly scoreSecond?: string

  /** Ranked responses, `answers[*].text`: a pair for each two of them. */
  readonly responses?: string
  /** Their ranks: smaller is better. Without ranks and scores, the first is the best. */
  readonly ranks?: string
  /** Their scores: larger is better. */
  readonly scores?: string

  /** The one response of a record; records with the same prompt are compared. */
  readonly response?: string
  /** Whether it is desirable: each desirable response is paired with an undesirable one. */
  readonly label?: string
  /** The values of `label` that mean each; true and 1, false and 0 if absent. */
  readonly labels?: { readonly desirable: ReadonlyArray<Value>; readonly undesirable: ReadonlyArray<Value> }
  /** Its score, larger is better: a pair for each two responses. */
  readonly score?: string

  /**
   * A tree of messages with ranked replies: where its root is, and of each message, from itself,
   * its text, who speaks, its replies, and its rank among those of one message (smaller is better).
   */
  readonly tree?: {
    readonly root: string
    readonly text: string
    readonly role: string
    readonly replies: string
    readonly rank: string
  }
}

/** A value of a column that says which response is better. */
export type Value = string | number | boolean

/** Names of a mapping by the form that they make; those with a `?` may be missing. */
const forms = {
  pair: ["chosen", "rejected", "scoreChosen?", "scoreRejected?"],
  comparison: ["first", "second", "winner?", "votes?", "winners?", "scoreFirst?", "scoreSecond?"],
  ranking: ["responses", "ranks?", "scores?"],
  labels: ["response", "label", "labels?"],
  ratings: ["response", "score"],
  tree: ["tree"],
} as const satisfies Record<string, ReadonlyArray<keyof Mapping | `${keyof Mapping}?`>>

export type Form = keyof typeof forms

/** Names that belong to no form. */
const general: ReadonlyArray<string> = ["prompt", "system", "as", "turns", "json", "source"]

/** The form that a mapping has, or what is wrong with it, in words. */
export const formOf = (mapping: Mapping): { readonly form: Form } | string => {
  const names = Object.keys(mapping).filter((name) => mapping[name as keyof Mapping] !== undefined && !general.includes(name))
  const form = (Object.keys(forms) as ReadonlyArray<Form>).find((candidate) => {
    const members: ReadonlyArray<string> = forms[candidate]
    return (
      names.every((name) => members.includes(name) || members.includes(`${name}?`)) &&
      members.every((member) => member.endsWith("?") || names.includes(member))
    )
  })
  if (form === undefined)
    return `has ${names.length === 0 ? "no responses" : names.join(", ")}; expected ${Object.values(forms).map(spellForm).join(", or ")}`
  const path = pathsIn(mapping)
    .map(parsePath)
    .find((parsed) => typeof parsed === "string")
  return path ?? problemOf(form, mapping) ?? { form }
}

const spellForm = (members: ReadonlyArray<string>): string => {
  const needed = members.filter((member) => !member.endsWith("?"))
  const others = members.filter((member) => member.endsWith("?")).map((member) => member.slice(0, -1))
  return `${needed.join(" and ")}${others.length === 0 ? "" : ` (with ${others.join(", ")})`}`
}

/** What is missing in a mapping of a form. */
const problemOf = (form: Form, mapping: Mapping): string | undefined => {
  const { prompt, winner, votes, winners, scoreFirst, scoreSecond, ranks, scores } = mapping
  if (prompt === undefined && form !== "pair" && form !== "comparison" && form !== "tree")
    return `has no prompt, which a mapping with ${spellForm(forms[form])} needs`
  if (form === "comparison") {
    const isScored = scoreFirst !== undefined && scoreSecond !== undefined
    if (winner === undefined && votes === undefined && !isScored)
      return "does not say which response is better; expected winner, votes, or scoreFirst and scoreSecond"
    if ((typeof winner === "string" || votes !== undefined) && winners === undefined)
      return 'has no winners, which say what the values of winner or votes mean, such as { first: ["a"], second: ["b"], tie: ["tie"] }'
  }
  if (ranks !== undefined && scores !== undefined) return "has ranks and scores; expected one of them"
  const several = [mapping.responses, ranks, scores].find((path) => path !== undefined && !path.includes("[*]"))
  if (several !== undefined) return `has ${JSON.stringify(several)}, which is one value; expected a list, such as "answers[*].text"`
  return undefined
}

/** The paths of a mapping that begin at the record. */
const pathsIn = (mapping: Mapping): ReadonlyArray<string> => {
  const { prompt, votes, winner, winners, labels, tree, as, source, json = [], ...single } = mapping
  const within = tree === undefined ? [] : Object.values(tree)
  const flags = typeof winner === "object" ? Object.values(winner) : [winner]
  return [prompt, votes, flags, within, json, Object.values(single)].flat().filter((path) => path !== undefined)
}

/** The columns that a mapping reads, and those that every file must have. */
export const columnsOf = (mapping: Mapping): { readonly columns: ReadonlyArray<string>; readonly needed: ReadonlyArray<string> } => {
  const { tree } = mapping
  const { tree: _, ...flat } = mapping
  const paths = [...pathsIn(flat), ...(tree === undefined ? [] : [tree.root])].map((path) => parsePath(path) as Path)
  const names = (some: ReadonlyArray<Path>): ReadonlyArray<string> => [...new Set(some.map(({ column }) => column))]
  return { columns: names(paths), needed: names(paths.filter(({ optional }) => !optional)) }
}
