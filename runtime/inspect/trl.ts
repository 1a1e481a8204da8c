import * as fs from "node:fs/promises"
import { Effect } from "effect"
import type { DataFileError } from "../../data/error.ts"
import type { ExportedTrl, TokenizerContents, TrlForm, TrlOptions } from "../../data/interchange/index.ts"
import type { ArtifactFile } from "../store/results/reader.ts"
import { Results } from "../store/results/results.ts"
import type { RunRecord } from "../store/runs/record.ts"
import { artifactLineage } from "./lineage.ts"

export type { ExportedTrl, TokenizerContents, TrlForm, TrlOptions }

/**
 * Writes a stored table of preferences to a file in one of TRL's forms, a JSON object a line. Ties,
 * which no form can say, are left out and counted; counted are also the responses that TRL will
 * tokenise differently, if the tokenizer is given.
 */
export const writeTrl = (
  table: ArtifactFile,
  file: string,
  tokenizer: TokenizerContents | null,
  options: TrlOptions = {},
): Effect.Effect<ExportedTrl, DataFileError> =>
  Effect.tryPromise({
    try: async () => (await import("../../data/interchange/index.ts")).exportTrl(table.path, file, tokenizer, options),
    catch: (error) => error as DataFileError,
  })

/**
 * The tokenizer of the nearest policy that an artifact of a run was made with; null if there is
 * none, or it is no longer stored.
 */
export const tokenizerBehind = Effect.fn("tokenizerBehind")(function* (run: RunRecord, digest: string) {
  const results = yield* Results
  for (const { artifact, from } of yield* artifactLineage(run, digest)) {
    if (artifact !== "policy" || from === null) continue
    const manifest = yield* results.manifest(from.result.key)
    if (manifest === null) continue
    const files = yield* results.open(manifest, from.output)
    const read = (name: string) => {
      const path = files.find((file) => file.name === name)?.path
      return path === undefined ? Effect.succeed(null) : Effect.promise(() => fs.readFile(path, "utf8"))
    }
    const [tokenizer, config] = [yield* read("tokenizer.json"), yield* read("tokenizer_config.json")]
    if (tokenizer !== null && config !== null) return { tokenizer, config } satisfies TokenizerContents
  }
  return null
})
