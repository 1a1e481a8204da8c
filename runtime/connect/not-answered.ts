import { Schema } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import type { ConnectionRequest } from "../../dsl/connection.ts"

/**
 * A request that a server or a program has not answered. Its text holds no secrets. `details` say
 * who was asked, how often, and what came of it: `host`, `path`, `status` and `attempts` of a
 * server, `program`, `attempts` and `stderr` of a program.
 */
export class NotAnswered extends Schema.TaggedError<NotAnswered>()("NotAnswered", {
  message: Schema.String,
  details: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite])),
}) {}

/** Called with each answer as soon as it is there, and the place of its request. */
export type Answered = (index: number, answer: Json) => void

/** What a stage may ask, by whom it is answered. */
export type ServerRequest = Extract<ConnectionRequest, { readonly path: string }>
export type ProgramRequest = Extract<ConnectionRequest, { readonly input: Json }>

/** The first characters of what was said, on one line. */
export const excerpt = (text: string, length: number): string => {
  const line = text.trim().replaceAll(/\s+/g, " ")
  return line.length <= length ? line : `${line.slice(0, length)}…`
}
