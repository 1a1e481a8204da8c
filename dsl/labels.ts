import { DeclarationError } from "./error.ts"

/** A label of workers: part of what people type on a command line, so without spaces and commas. */
const validLabel = /^[a-z0-9][a-z0-9._-]{0,62}$/

/** Whether a text can be a label. */
export const isLabel = (text: string): boolean => validLabel.test(text)

/** How a label is written, in words that follow "expected". */
export const labelRule = "lower-case letters, digits, dots, dashes and underscores, at most 63 of them"

/**
 * Throws a DeclarationError, whose message begins with `whose`, if a label is written otherwise.
 */
export const checkLabels = (whose: string, labels: ReadonlyArray<string>): void => {
  if (!Array.isArray(labels)) throw new DeclarationError({ message: `${whose}: labels is ${JSON.stringify(labels)}: expected a list` })
  const wrong = labels.find((label) => typeof label !== "string" || !isLabel(label))
  if (wrong !== undefined) throw new DeclarationError({ message: `${whose}: the label ${JSON.stringify(wrong)}: expected ${labelRule}` })
}
