import { escapeJson } from "./printable.ts"
import type { Renderer } from "./render.ts"

/** Every event as one line of JSON. */
export const jsonLines = (write: (line: string) => void): Renderer => ({
  show: (event) => write(escapeJson(JSON.stringify(event))),
  tick: () => {},
  end: () => {},
})
