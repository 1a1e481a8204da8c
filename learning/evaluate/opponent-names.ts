import { type InputMember, StageError } from "assay"
import type { Policy, Responses } from "../artifacts.ts"

/** Where an opponent stands in the record that is wired. */
type Place = Pick<InputMember<typeof Policy | typeof Responses>, "path" | "at">

/**
 * The name of an opponent: its place in the record that is wired. A single one that is wired by
 * itself is "sft" if it is the reference, else "opponent".
 */
export const nameOpponent = ({ path, at }: Place, isReference: boolean): string => {
  const label = [...path, ...Object.entries(at).map(([axis, value]) => `${axis}=${value}`)].join(" ")
  if (label !== "") return label
  return isReference ? "sft" : "opponent"
}

/**
 * Throws a StageError `NoOpponent` where there is none, `SameName` where two have one name.
 */
export const checkOpponentNames = (names: ReadonlyArray<string>): void => {
  if (names.length === 0)
    throw new StageError(
      "NoOpponent",
      'evaluate expects an opponent, got none. Pass a policy as "opponent", or stored responses of one as "answers".',
    )
  const namesake = names.find((name, index) => names.indexOf(name) !== index)
  if (namesake !== undefined)
    throw new StageError("SameName", `opponents need different names, but two are called "${namesake}". Rename one of them.`)
}
