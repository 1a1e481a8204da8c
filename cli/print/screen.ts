import { Console, type Effect } from "effect"
import { escapeControls, escapeJson } from "../../runtime/observe/printable.ts"

/** The width of the terminal, or 80 without one. */
export const screenWidth = (): number => process.stdout.columns ?? 80

/** Prints what the user asked for, on stdout. */
export const print = (text: string): Effect.Effect<void> => Console.log(escapeControls(text))

/** Prints a remark about it, on stderr. */
export const remark = (text: string): Effect.Effect<void> => Console.error(escapeControls(text))

export const printJson = (value: unknown): Effect.Effect<void> => Console.log(escapeJson(JSON.stringify(value)))
