/** What the address says of the frontier that is shown. */

import { choiceParam, listParam, numberParam, textParam } from "../../address/query.ts"

export const frontierParams = {
  /** The id of the stage that drew it; empty: the first. */
  frontier: textParam(""),
  /** The opponent; empty: the first. */
  against: textParam(""),
  /** Of the arms with this β alone; empty: of all. */
  beta: textParam(""),
  /** Labels of arms that are not drawn. */
  hide: listParam,
  /** Single seeds of arms that have marks of all seeds together. */
  seeds: choiceParam(["shown", "hidden"], "shown"),
  /** The row of the selected mark in the table of points. */
  mark: numberParam(null),
} as const
