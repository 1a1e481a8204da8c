import { inspect } from "node:util"

/** What a stage threw, as far as it can cross a process boundary. */
export interface Thrown {
  readonly name: string
  /** The tag of a StageError, else the error's own tag or name. */
  readonly tag: string
  readonly message: string
  readonly details: Readonly<Record<string, string | number>>
  readonly stack: string
}

/**
 * Characters of a message, of all stacks together, and of a name; what is longer is cut in the
 * middle.
 */
const longestMessage = 10_000
const longestStack = 50_000
const longestName = 200

/** Errors that are listed of an AggregateError, and causes that are followed. */
const mostErrors = 10
const mostCauses = 20

/**
 * What can be said of anything that was thrown, whatever it does when it is looked at. Never
 * throws. An error is known by its shape: the stage's bundle has a StageError of its own, and
 * another realm another Error.
 */
export const thrown = (value: unknown): Thrown => {
  if (!isError(value)) return { name: "Error", tag: "Error", message: cut(textOf(value), longestMessage), details: {}, stack: "" }
  const name = cut(textAt(value, "name") ?? "Error", longestName)
  const tag = textAt(value, "tag") ?? textAt(value, "_tag") ?? name
  return {
    name,
    tag: cut(tag, longestName),
    message: cut(messageOf(value), longestMessage),
    details: plainDetails(at(value, "details")),
    stack: cut(stackOf(value, []), longestStack),
  }
}

const isError = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  (isInstance(value) || (textAt(value, "message") !== undefined && textAt(value, "stack") !== undefined))

const isInstance = (value: object): boolean => {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

/** A property; undefined where reading it throws. */
const at = (value: object, key: string): unknown => {
  try {
    return (value as Readonly<Record<string, unknown>>)[key]
  } catch {
    return undefined
  }
}

const textAt = (value: object, key: string): string | undefined => {
  const text = at(value, key)
  return typeof text === "string" ? text : undefined
}

/** A value that is not an error, as text. */
const textOf = (value: unknown): string => {
  if (typeof value === "string") return value
  const text = shown(value)
  return value === undefined || value === null ? `it threw ${text}: throw an Error that says what went wrong` : text
}

const shown = (value: unknown): string => {
  try {
    return inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxStringLength: longestMessage })
  } catch {
    return "a value that cannot be shown"
  }
}

/** An AggregateError mostly has no message. */
const messageOf = (error: object): string => {
  const own = textAt(error, "message") ?? ""
  const errors = errorsIn(error)
  if (own !== "" || errors.length === 0) return own
  const messages = errors.slice(0, mostErrors).map((listed) => (isError(listed) ? (textAt(listed, "message") ?? "") : textOf(listed)))
  return `${errors.length} errors: ${messages.join("; ")}${errors.length > mostErrors ? "; …" : ""}`
}

const errorsIn = (error: object): ReadonlyArray<unknown> => {
  const errors = at(error, "errors")
  return Array.isArray(errors) ? errors : []
}

/**
 * The stack, followed by those of its causes and of the errors that it gathers. `above` are the
 * errors on the way to it.
 */
const stackOf = (error: object, above: ReadonlyArray<object>): string => {
  const around = [...above, error]
  const follow = (label: string, value: unknown): string => {
    if (!isError(value)) return `${label} ${shown(value)}`
    if (around.includes(value)) return `${label} an error listed above`
    return around.length > mostCauses ? `${label} further causes, left out` : `${label} ${stackOf(value, around)}`
  }
  const cause = at(error, "cause")
  return [
    textAt(error, "stack") ?? `${textAt(error, "name") ?? "Error"}: ${textAt(error, "message") ?? ""}`,
    ...(cause === undefined ? [] : [follow("caused by", cause)]),
    ...errorsIn(error)
      .slice(0, mostErrors)
      .map((error) => follow("one of them", error)),
  ].join("\n")
}

/** JSON knows no NaN: numbers that are not finite become text, like all else. */
const plainDetails = (details: unknown): Thrown["details"] => {
  if (typeof details !== "object" || details === null) return {}
  try {
    return Object.fromEntries(
      Object.keys(details).map((name) => {
        const value = at(details, name)
        if (typeof value === "number" && Number.isFinite(value)) return [name, value]
        return [name, cut(typeof value === "string" ? value : shown(value), longestMessage)]
      }),
    )
  } catch {
    return {}
  }
}

const cut = (text: string, most: number): string => {
  if (text.length <= most) return text
  const half = Math.floor(most / 2)
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`
}
