import { type Run, StageError } from "assay"
import { importText as read } from "../../data/interchange/import-text.ts"
import { dataSetOf, malformedAsStageError } from "./data-set.ts"
import type { importText } from "./import-text.stage.ts"

export const run: Run<typeof importText> = async ({ inputs, parameters, outputs }) => {
  const dataSet = await dataSetOf(inputs.file)
  const prompts = (await inputs.prompts?.read()) ?? []
  let written = 0
  let said: ReadonlyArray<string> = []
  await malformedAsStageError(async () => {
    for await (const { rows, sentences } of read(dataSet, { ...parameters, prompts })) {
      await outputs.text.append(rows)
      written += rows.length
      said = sentences
    }
  })
  for (const sentence of said) console.log(sentence)
  if (written === 0) throw new StageError("NoText", [`${dataSet.name}: no passage is left`, ...said].join("; "))
}
