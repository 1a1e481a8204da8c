/**
 * The error that a stage's implementation throws when it knows why it cannot continue. `tag` names
 * the reason in one word; `details` are printed with the message and stored in the record of the
 * failure.
 *
 *   throw new StageError("Diverged", `the loss is NaN at step ${step}`, { step })
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
