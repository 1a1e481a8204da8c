import type { Effect, Scope } from "effect"
import type { NotAnswered } from "./not-answered.ts"

/** Where a program is started. */
export interface ProgramPlace {
  /** Absolute. */
  readonly folder: string
  /** Absolute, or a name that is looked for on the PATH. */
  readonly executable: string
}

/** A folder that is made for a program whose files came from another machine. */
export interface ProgramFolder {
  /** Tells apart programs that are declared alike and whose files differ. */
  readonly name: string
  /** It is removed when the scope closes. */
  readonly make: Effect.Effect<ProgramPlace, NotAnswered, Scope.Scope>
}
