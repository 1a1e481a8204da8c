import { Schema } from "effect"

/** A pipeline that cannot be declared as written: a wrong wire, an unread axis, a parameter out of range. */
export class DeclarationError extends Schema.TaggedError<DeclarationError>()("DeclarationError", {
  message: Schema.String,
}) {}

/**
 * What a stage's implementation throws when it knows why it cannot go on.
 * `tag` names the reason in one word ("Diverged"); `details` carries what a reader needs to act, and is kept in the record of the failure.
 */
export class StageError extends Error {
  readonly tag: string
  readonly details: Readonly<Record<string, string | number>>
  constructor(tag: string, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message)
    this.name = "StageError"
    this.tag = tag
    this.details = details
  }
}
