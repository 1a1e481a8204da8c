import { Schema } from "effect"

/** A path into a record, such as `answers[0].text`. */
const Path = Schema.String
const Values = Schema.Array(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
const path = Schema.optionalKey(Path)

/**
 * How the records of a file say what was preferred to what, for files in no public format: paths
 * into a record, `question`, `answers[0].text`, `messages[-1].content`, `answers[*].rank` for each
 * element of a list, `messages[:-1]` for a list without its last, `["a.b"]` for a name with other
 * characters; a `?` at the end says that a value may be missing. The reference of formats says
 * what each name means.
 */
export const Mapping = Schema.Struct({
  prompt: Schema.optionalKey(Schema.Union([Path, Schema.Array(Path)])),
  system: path,
  as: Schema.optionalKey(Schema.Literals(["text", "dialogue"])),
  turns: path,
  json: Schema.optionalKey(Schema.Array(Schema.String)),
  source: Schema.optionalKey(Schema.String),
  chosen: path,
  rejected: path,
  scoreChosen: path,
  scoreRejected: path,
  first: path,
  second: path,
  winner: Schema.optionalKey(Schema.Union([Path, Schema.Struct({ first: Path, second: Path, tie: path })])),
  votes: Schema.optionalKey(Schema.Union([Path, Schema.Array(Path)])),
  winners: Schema.optionalKey(Schema.Struct({ first: Values, second: Values, tie: Schema.optionalKey(Values) })),
  scoreFirst: path,
  scoreSecond: path,
  responses: path,
  ranks: path,
  scores: path,
  response: path,
  label: path,
  labels: Schema.optionalKey(Schema.Struct({ desirable: Values, undesirable: Values })),
  score: path,
  tree: Schema.optionalKey(Schema.Struct({ root: Path, text: Path, role: Path, replies: Path, rank: Path })),
})
