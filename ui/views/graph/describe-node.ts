/** A node of the graph in words. */

import type { StandingState } from "../../api/standing-stages.ts"
import { plural } from "../../text/format.ts"
import { byImportance, type GraphNode } from "./fold.ts"

/** "3 failed, 21 finished": one state alone is said by the icon. */
export const tellCounts = ({ counts, stage }: GraphNode): string => {
  const present = byImportance.filter((state) => counts[state] !== undefined)
  return present.length === 1 ? `${stage}` : present.map((state) => tellCount(counts, state)).join(", ")
}

const tellCount = (counts: GraphNode["counts"], state: StandingState): string => `${counts[state] ?? 0} ${state}`

/** A label without the axes that are folded: `tldr.beta=*,seed=*.proxy.run` as `tldr.proxy.run`. */
export const shortLabel = ({ label, axes }: Pick<GraphNode, "label" | "axes">): string => {
  const rest = axes
    .reduce((text, { name }) => text.replace(`${name}=*`, ""), label)
    .replace(/,(?=,|\.|$)/g, "")
    .replace(/(^|\.),/g, "$1")
    .replace(/\.{2,}/g, ".")
    .replace(/^\.|\.$/g, "")
  return rest === "" ? label : rest
}

/** Of a sweep that is folded: "12 stages by beta (3), seed (4)". */
export const tellSweep = ({ stages, axes }: GraphNode): string =>
  `${plural(stages.length, "stage")} by ${axes.map(({ name, values }) => `${name} (${values.length})`).join(", ")}`
