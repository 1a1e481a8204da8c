import type { DemonstrationRow } from "../../data/schema/index.ts"

/** The two parts of a demonstration. */
export const promptOf = ({ text, response_start }: DemonstrationRow): string => text.slice(0, response_start)
export const responseOf = ({ text, response_start }: DemonstrationRow): string => text.slice(response_start)
