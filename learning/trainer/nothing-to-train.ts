import { StageError } from "assay"

/**
 * A run of which no step would change, or has changed, anything. `found` describes the data of the
 * run.
 */
export const nothingToTrain = (found: string, context: number): StageError =>
  new StageError(
    "NothingToTrain",
    `${found}: there is nothing to learn from. Ties teach nothing, and only the beginning is left of what is longer than the context of ` +
      `${context} tokens; use pairs that are not ties, shorter responses, or a larger \`context\``,
    { context },
  )
