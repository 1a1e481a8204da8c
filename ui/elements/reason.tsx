/** Why a stage was computed, or why it was not, in a sentence. */

import type { RunStage } from "../../serve/api.ts"
import { ForeignText } from "./foreign-text.tsx"

export const Reason = ({ because, outcome }: Pick<RunStage, "because" | "outcome">) => {
  if (because !== null) return <ForeignText text={because} />
  switch (outcome) {
    case "cached":
      return "The store has a result with the same fingerprint: nothing that it depends on has changed."
    case "skipped":
      return "It was not computed, because a stage that it needs failed."
    case "interrupted":
    case "unfinished":
      return "The run ended before it was computed."
    default:
      return "Nothing is known of an earlier result."
  }
}
