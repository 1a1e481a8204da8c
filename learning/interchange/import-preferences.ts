import type { Run } from "assay"
import { importPreferences as read } from "../../data/interchange/import.ts"
import type { FormatOrMapping } from "../../data/interchange/index.ts"
import { describeImport } from "../../data/interchange/summary.ts"
import { malformedAsStageError, onlySplit } from "./data-set.ts"
import type { importPreferences } from "./import-preferences.stage.ts"

export const run: Run<typeof importPreferences> = async ({ inputs, parameters, outputs }) => {
  const source = await onlySplit(inputs.file)
  const format = (parameters.format ?? parameters.mapping) as FormatOrMapping
  await malformedAsStageError(async () => {
    let sentences: ReadonlyArray<string> = []
    for await (const { rows, summary } of read(source, format)) {
      await outputs.preferences.append(rows)
      sentences = describeImport(summary)
    }
    for (const sentence of sentences) console.log(sentence)
  })
}
