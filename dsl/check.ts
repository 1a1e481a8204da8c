import type { JsonObject } from "./canonical.ts"

/** A stage as it is declared in a pipeline, as a check sees it: nothing of it has run. */
export interface DeclaredStage {
  /** The name of its declaration. */
  readonly name: string
  readonly parameters: JsonObject
  /**
   * What is wired to each port: one source, or those of a collection. A port left open is absent.
   */
  readonly inputs: Readonly<Record<string, ReadonlyArray<DeclaredSource>>>
}

/** An output of a stage, or a file from outside by its absolute path. */
export type DeclaredSource = { readonly stage: DeclaredStage; readonly output: string } | { readonly file: string }

/**
 * The type of a stage's `check`: it says, one sentence each, what will go wrong as far as the
 * declaration and small parts of files tell. It may read the files in its view and nothing else,
 * and must be pure: equal views and files give equal warnings.
 */
export type Check = (stage: DeclaredStage) => Promise<ReadonlyArray<string>>
