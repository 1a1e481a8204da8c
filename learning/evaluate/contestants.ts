import { type FilesInput, type InputMember, StageError } from "assay"
import type { Policy as PolicyArtifact } from "../artifacts.ts"
import { isSameModel } from "../policy/configuration.ts"
import { type CheckpointedRun, type Policy, readPolicy } from "../policy/files.ts"
import { isSameTokenizer } from "../tokenizer/same-tokenizer.ts"
import { nameOpponent } from "./opponent-names.ts"

/** A policy that a run is played against. */
export interface Opponent extends Policy {
  readonly name: string
  /** The digest of its files. */
  readonly key: string
}

/**
 * Reads the reference and the opponents of a run, by name. Throws a StageError `NotComparable`
 * where one of them has a different tokenizer from the run, or the reference a different shape.
 */
export const readContestants = async (
  run: Pick<CheckpointedRun, "configuration" | "tokenizerFiles" | "frozen">,
  referenceInput: FilesInput,
  members: ReadonlyArray<InputMember<typeof PolicyArtifact>>,
): Promise<{ readonly reference: Policy; readonly opponents: ReadonlyArray<Opponent> }> => {
  const reference = await readPolicy(referenceInput, run.frozen)
  const opponents = await Promise.all(
    members.map(async (member) => ({
      ...(await readPolicy(member.input, reference.parameters)),
      key: member.input.digest,
      name: nameOpponent(member, member.input.digest === referenceInput.digest),
    })),
  )
  for (const [role, { tokenizerFiles }] of [
    ["reference", reference] as const,
    ...opponents.map((opponent) => [opponent.name, opponent] as const),
  ]) {
    if (!isSameTokenizer(tokenizerFiles.tokenizer, run.tokenizerFiles.tokenizer))
      throw new StageError(
        "NotComparable",
        `evaluate expects policies of one tokenizer, but "${role}" has a different one from the run. Use policies with the tokenizer of the run.`,
      )
  }
  if (!isSameModel(reference.configuration, run.configuration)) {
    throw new StageError(
      "NotComparable",
      'evaluate expects the policy that the run started from as "reference", got one of a different shape',
    )
  }
  return { reference, opponents }
}
