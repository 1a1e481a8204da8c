import type { Resume } from "assay"
import { decodeSafetensors, encodeSafetensors } from "../../data/safetensors/index.ts"

/** What a part of a training must remember to resume, as vectors by name. */
export type SavedState = Readonly<Record<string, Float32Array>>

/** A part of a training that can resume: a learner, a source of pairs, counts. */
export interface Resumable {
  /** All that its next step depends on, copied. Empty if that is nothing. */
  readonly snapshot: () => SavedState
  /** Resumes from a snapshot: every further step has the same bits. */
  readonly restore: (saved: SavedState) => void
}

/**
 * Restores the parts of a training from the last save, if there is one; the outputs then hold what
 * they held when it was made. Call it before anything is written to an output. The function that it
 * returns is called after every step, and cheap: at every tenth step, if the last save was ten
 * seconds ago or more, it saves the parts together with all that has been written to the outputs by
 * then. A killed run resumes from there, and ends with the same bits.
 *
 *   const offerState = await restoreState(resume, { learner, source })
 *   for (let step = learner.steps + 1; step <= steps; step++) {
 *     …
 *     await offerState(step)
 *   }
 */
export const restoreState = async (
  resume: Resume,
  parts: Readonly<Record<string, Resumable>>,
): Promise<(step: number) => Promise<void>> => {
  const saved = await savedState(resume)
  const all = Object.entries(parts)
  if (saved !== undefined) for (const [name, part] of all) part.restore(ofPart(saved, `${name}/`))
  const snapshot = () =>
    Object.fromEntries(
      all.flatMap(([name, part]) => Object.entries(part.snapshot()).map(([key, values]) => [`${name}/${key}`, values] as const)),
    )
  return (step) => offerState(resume, step, snapshot)
}

const ofPart = (saved: SavedState, prefix: string): SavedState =>
  Object.fromEntries(
    Object.entries(saved).flatMap(([key, values]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), values] as const] : [])),
  )

/**
 * Steps after which nothing waits to be written to an output, though it is written less often than
 * at every step.
 */
const stepsPerOffer = 10

/** Offers the state after a step to be saved, with all that has been written to the outputs. */
export const offerState = async (resume: Resume, step: number, state: () => SavedState): Promise<void> => {
  if (step % stepsPerOffer !== 0) return
  await resume.offer(() =>
    encodeSafetensors(Object.fromEntries(Object.entries(state()).map(([name, data]) => [name, { shape: [data.length], data }]))),
  )
}

/**
 * The state that was saved last, after which the outputs hold what they held then; undefined if
 * none was.
 */
export const savedState = async <S extends SavedState>(resume: Resume): Promise<S | undefined> => {
  const saved = await resume.load()
  if (saved === undefined) return undefined
  return Object.fromEntries(Object.entries(decodeSafetensors(saved).tensors).map(([name, { data }]) => [name, data])) as SavedState as S
}
