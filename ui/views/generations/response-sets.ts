/** The chosen response sets with what is known of their tables, and the question that they make. */

import type { GenerationSource, ResponseSet, ResponseSets } from "../../../serve/api.ts"
import type { ResponseSetChoice } from "../../address/response-sets.ts"

export interface ShownResponseSet {
  readonly choice: ResponseSetChoice
  readonly source: GenerationSource
  readonly responseSets: ResponseSets
  /** What is shown: what was chosen, or what the page chose. Null of all steps. */
  readonly step: number | null
  readonly against: string | null
}

/** What tables of a type say about steps and opponents; others have none to ask for. */
export const hasResponseSets = ({ artifact }: Pick<GenerationSource, "artifact">): boolean =>
  artifact === "evaluation" || artifact === "preferences"

export const noResponseSets: ResponseSets = { steps: [], against: [] }

export const findSource = (sources: ReadonlyArray<GenerationSource>, { id, output }: ResponseSetChoice): GenerationSource | undefined =>
  sources.find((source) => source.id === id && source.output === output)

/** Opponents that say most where an evaluation has several: what training began with. */
const preferredOpponents = ["reference", "sft"]

export const showResponseSet = (choice: ResponseSetChoice, source: GenerationSource, responseSets: ResponseSets): ShownResponseSet => ({
  choice,
  source,
  responseSets,
  // Of what a learner saw all is shown, of checkpoints the last.
  step: choice.step ?? (source.artifact === "preferences" ? null : (responseSets.steps.at(-1) ?? null)),
  against: choice.against ?? preferredOpponents.find((name) => responseSets.against.includes(name)) ?? responseSets.against[0] ?? null,
})

export const askResponseSet = ({ source: { key, output }, step, against }: ShownResponseSet): ResponseSet => ({
  key,
  output,
  ...(step === null ? {} : { step }),
  ...(against === null ? {} : { against }),
})

/** The response set that an order is about where none was chosen: the last that was judged. */
export const judgedResponseSet = (responseSets: ReadonlyArray<ShownResponseSet>): number => {
  const last = responseSets.findLastIndex(({ source }) => source.artifact !== "responses")
  return last === -1 ? Math.max(0, responseSets.length - 1) : last
}

/** Some of many steps, evenly: the first and the last are among them. */
export const thinSteps = (steps: ReadonlyArray<number>, most: number): ReadonlyArray<number> =>
  steps.length <= most
    ? steps
    : Array.from({ length: most }, (_, index) => steps[Math.round((index * (steps.length - 1)) / (most - 1))] as number)

/** What a response set is called where there is one line for it. */
export const responseSetLabel = ({ source, step, responseSets }: ShownResponseSet): string =>
  responseSets.steps.length > 1 && step !== null ? `${source.id} at step ${step}` : source.id
