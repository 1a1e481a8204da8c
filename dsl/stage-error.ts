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
