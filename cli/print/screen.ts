import { Console, type Effect } from "effect"
import { escapeControls, escapeJson } from "../../runtime/observe/printable.ts"

/** How wide a line may be: the terminal's width, or 80 where there is none. */
export const screenWidth = (): number => process.stdout.columns ?? 80

/** What the reader asked for: on stdout. */
export const print = (text: string): Effect.Effect<void> => Console.log(escapeControls(text))

/** What the reader should know beside it: on stderr. */
export const remark = (text: string): Effect.Effect<void> => Console.error(escapeControls(text))

export const printJson = (value: unknown): Effect.Effect<void> => Console.log(escapeJson(JSON.stringify(value)))
