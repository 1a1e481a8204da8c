import type { Difference } from "../../../serve/api.ts"
import { plural } from "../../text/format.ts"

/** What a comparison proves, and no more: of stages that cannot be compared it proves nothing. */
export const conclusionOf = ({
  same,
  different,
  onlyBefore,
  onlyAfter,
  unproven,
}: Pick<Difference, "same" | "different" | "onlyBefore" | "onlyAfter" | "unproven">): string => {
  const equal = `${plural(same, "stage")} with equal fingerprints.`
  const isComplete = unproven.length === 0 && onlyBefore.length === 0 && onlyAfter.length === 0
  if (different.length === 0 && isComplete) return `The runs do not differ: ${equal}`
  return isComplete ? `The runs differ in nothing else: ${equal}` : `Stages with results in both runs differ in nothing else: ${equal}`
}
