import type { Resume } from "assay"
import { decodeSafetensors, encodeSafetensors } from "../../data/safetensors/index.ts"

/** What a learner must remember to go on, as vectors by name. */
export type State = Readonly<Record<string, Float32Array>>

/**
 * Steps after which nothing waits to be written to an output, whether it is written every tenth
 * step or every twenty-fifth.
 */
const stepsPerOffer = 50

/** Offers the state after a step to be saved, with all that has been written to the outputs. */
export const offerState = async (resume: Resume, step: number, state: () => State): Promise<void> => {
  if (step % stepsPerOffer !== 0) return
  await resume.offer(() =>
    encodeSafetensors(Object.fromEntries(Object.entries(state()).map(([name, data]) => [name, { shape: [data.length], data }]))),
  )
}

/**
 * The state that was saved last, after which the outputs hold what they held then; undefined if
 * none was.
 */
export const savedState = async <S extends State>(resume: Resume): Promise<S | undefined> => {
  const saved = await resume.load()
  if (saved === undefined) return undefined
  return Object.fromEntries(Object.entries(decodeSafetensors(saved).tensors).map(([name, { data }]) => [name, data])) as State as S
}
