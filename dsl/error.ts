import { Schema } from "effect"

/** A pipeline that cannot be declared as written: a wrong wire, an unread axis, a parameter out of range. */
export class DeclarationError extends Schema.TaggedError<DeclarationError>()("DeclarationError", {
  message: Schema.String,
}) {}
