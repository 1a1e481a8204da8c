import type { InputMember } from "assay"
import type { Classification, Evaluation } from "../artifacts.ts"
import type { Evidence } from "./estimand.ts"
import { armsOf, labelOf, readRun } from "./runs.ts"

/**
 * Reads evaluations by arm, and for each run the classification at the same place in the record
 * that is wired.
 */
export const readEvidence = async (inputs: {
  readonly evaluations: ReadonlyArray<InputMember<typeof Evaluation>>
  readonly classifications: ReadonlyArray<InputMember<typeof Classification>>
}): Promise<Evidence> => {
  const classifications = new Map(
    await Promise.all(inputs.classifications.map(async (member) => [labelOf(member), await member.input.read()] as const)),
  )
  const members = await Promise.all(inputs.evaluations.map(async (member) => ({ run: await readRun(member), label: labelOf(member) })))
  const labels = new Map(members.map(({ run, label }) => [run, label]))
  return {
    arms: armsOf(members.map(({ run }) => run)),
    classificationOf: (run) => classifications.get(labels.get(run) ?? "") ?? [],
  }
}
