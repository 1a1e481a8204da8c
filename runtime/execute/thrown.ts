import { thrownMessage } from "../thrown-message.ts"
import type { Thrown } from "./task.ts"

/** What can be said of anything that was thrown. A StageError is known by its shape: the stage's bundle has a class of its own. */
export const thrown = (value: unknown): Thrown => {
  if (!(value instanceof Error)) return { name: "Error", tag: "Error", message: thrownMessage(value), details: {}, stack: "" }
  const { tag, _tag, details } = value as Error & { readonly tag?: unknown; readonly _tag?: unknown; readonly details?: unknown }
  const ownTag = typeof tag === "string" ? tag : typeof _tag === "string" ? _tag : value.name
  return { name: value.name, tag: ownTag, message: thrownMessage(value), details: plainDetails(details), stack: stackOf(value) }
}

/** The stack, followed by those of its causes. */
const stackOf = (error: Error): string =>
  [error.stack ?? String(error), ...(error.cause instanceof Error ? [`caused by ${stackOf(error.cause)}`] : [])].join("\n")

/** JSON knows no NaN: numbers that are not finite become text. */
const plainDetails = (details: unknown): Thrown["details"] =>
  typeof details === "object" && details !== null
    ? Object.fromEntries(
        Object.entries(details).map(([name, value]) => [name, typeof value === "number" && Number.isFinite(value) ? value : String(value)]),
      )
    : {}
