import { Effect } from "effect"
import type { DataFileError } from "../../data/error.ts"
import type { ArtifactFile } from "../store/store.ts"

/** Writes a stored table of preferences to a file in TRL's explicit form, a pair a line. Ties, which that form cannot say, are left out and counted. */
export const writeTrl = (
  table: ArtifactFile,
  file: string,
): Effect.Effect<{ readonly pairs: number; readonly ties: number }, DataFileError> =>
  Effect.tryPromise({
    try: async () => (await import("../../data/interchange/index.ts")).exportTrl(table.path, file),
    catch: (error) => error as DataFileError,
  })
