/** Tells the style sheet how many columns there are beside the prompt. */

import type { CSSProperties } from "react"

export const columnStyle = (columns: number): CSSProperties => ({ "--response-sets": Math.max(1, columns) }) as CSSProperties
