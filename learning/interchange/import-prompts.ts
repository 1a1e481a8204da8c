import { type Run, StageError } from "assay"
import { importPrompts as read } from "../../data/interchange/import-prompts.ts"
import { dataSetOf, malformedAsStageError } from "./data-set.ts"
import type { importPrompts } from "./import-prompts.stage.ts"

export const run: Run<typeof importPrompts> = async ({ inputs, parameters, outputs }) => {
  const dataSet = await dataSetOf(inputs.file)
  const { rows, sentences } = await malformedAsStageError(() => read(dataSet, parameters))
  for (const sentence of sentences) console.log(sentence)
  if (rows.length === 0) throw new StageError("NoPrompts", [`${dataSet.name}: no prompt is left`, ...sentences].join("; "))
  await outputs.prompts.append(rows)
}
