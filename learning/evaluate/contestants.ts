import { isDeepStrictEqual } from "node:util"
import { type FilesInput, type InputMember, StageError } from "assay"
import type { Policy as PolicyArtifact } from "../artifacts.ts"
import { type Policy, readPolicy } from "../policy/files.ts"

/** A policy that a run is played against. */
export interface Opponent extends Policy {
  readonly name: string
}

/**
 * The reference and the opponents of a run, by name. Throws a StageError `NotComparable` where one of them has another tokenizer than
 * the run, or the reference another shape; `SameName` where two opponents are called alike.
 */
export const readContestants = async (
  run: Pick<Policy, "configuration" | "tokenizerFiles">,
  referenceInput: FilesInput,
  members: ReadonlyArray<InputMember<typeof PolicyArtifact>>,
): Promise<{ readonly reference: Policy; readonly opponents: ReadonlyArray<Opponent> }> => {
  const reference = await readPolicy(referenceInput)
  const opponents = await Promise.all(
    members.map(async ({ path, at, input }) => {
      const named = [...path, ...Object.entries(at).map(([axis, value]) => `${axis}=${value}`)].join(" ")
      const name = named !== "" ? named : input.digest === referenceInput.digest ? "sft" : "opponent"
      return { ...(await readPolicy(input)), name }
    }),
  )
  for (const [role, { tokenizerFiles }] of [["reference", reference] as const, ...opponents.map((each) => [each.name, each] as const)]) {
    if (tokenizerFiles.tokenizer !== run.tokenizerFiles.tokenizer)
      throw new StageError("NotComparable", `the policy "${role}" has another tokenizer than the run: their tokens do not mean the same`)
  }
  if (!isDeepStrictEqual(reference.configuration, run.configuration)) {
    throw new StageError("NotComparable", "the reference has another shape than the run: it is not the policy that the run started from")
  }
  const twice = opponents.find(({ name }, index) => opponents.findIndex((other) => other.name === name) !== index)
  if (twice !== undefined) throw new StageError("SameName", `two opponents are called "${twice.name}"; give each a name of its own`)
  return { reference, opponents }
}
