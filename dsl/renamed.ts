import { DeclarationError } from "./error.ts"

/**
 * Old names of inputs and parameters, each with the name that replaced it: `{ longest:
 * "maxNewTokens" }`.
 */
export type Renames<Name extends string = string> = Readonly<Record<string, Name>>

declare const newName: unique symbol

/**
 * The type of an old name in a call: no value has it, and the compiler's message shows the new
 * name.
 */
export interface RenamedTo<Name extends string> {
  readonly [newName]: Name
}

/**
 * Old names as a call's type has them, so that using one is a compile error even where a record is
 * spread.
 */
export type Refused<R extends Renames> = { readonly [K in keyof R]?: RenamedTo<R[K]> }

/**
 * Throws a DeclarationError where an old name is used, whatever its value, since leaving it out
 * would silently mean a default.
 */
export const refuseOldNames = (stage: string, renames: Renames, given: object): void => {
  for (const [before, now] of Object.entries(renames))
    if (Object.hasOwn(given, before))
      throw new DeclarationError({ message: `stage ${stage}: "${before}" is now called "${now}". Write ${now} in place of ${before}.` })
}

/** Throws a DeclarationError where an old name is still in use, or a new one is not. */
export const checkRenames = (stage: string, renames: Renames, names: ReadonlyArray<string>): void => {
  for (const [before, now] of Object.entries(renames)) {
    if (names.includes(before))
      throw new DeclarationError({ message: `stage ${stage}: renamed holds "${before}", which is still a name: remove one of the two` })
    if (!names.includes(now))
      throw new DeclarationError({ message: `stage ${stage}: renamed leads to "${now}", which is neither an input nor a parameter` })
  }
}
