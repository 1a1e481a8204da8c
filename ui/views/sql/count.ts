/** How many rows an answer has, and how many of them are there. */

import type { QueryAnswer } from "../../../serve/api.ts"
import { formatCount, plural } from "../../text/format.ts"

export const countOf = ({ rows, total }: Pick<QueryAnswer, "rows" | "total">): string => {
  if (total === null) return `the first ${formatCount(rows.length)} of more rows than were counted`
  return total > rows.length ? `the first ${formatCount(rows.length)} of ${plural(total, "row")}` : plural(total, "row")
}
