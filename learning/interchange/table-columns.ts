import { Schema } from "effect"
import { withDefault } from "../parameter.ts"

/** Parameters that the imports of tables share. */

/**
 * What the values of the split column, or the splits that files are named for, stand for: "train",
 * "test", or null to leave their rows out. Usual names are known: validation, valid, val, dev and
 * eval are for testing.
 */
export const Splits = withDefault(Schema.Record(Schema.String, Schema.NullOr(Schema.Literals(["train", "test"]))), {})

/** Which part is for testing where neither a column nor a file's name says so. */
export const TestFraction = withDefault(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })), 0.1)

/** What passages are called that have no kind of their own. */
export const Kind = withDefault(Schema.NonEmptyString, "text")

/** The name of a column that may be left out. */
export const OptionalColumn = Schema.optionalKey(Schema.NonEmptyString)
