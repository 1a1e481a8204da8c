import { Schema } from "effect"

/**
 * An error in a pipeline's declaration: a wrong artifact, an unread axis, a parameter out of range.
 * Thrown while a pipeline file loads.
 */
export class DeclarationError extends Schema.TaggedError<DeclarationError>()("DeclarationError", {
  message: Schema.String,
}) {}
