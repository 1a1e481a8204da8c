import { type Run, StageError } from "assay"
import { type DemonstrationColumns, importDemonstrations as read } from "../../data/interchange/import-demonstrations.ts"
import { dataSetOf, malformedAsStageError } from "./data-set.ts"
import type { importDemonstrations } from "./import-demonstrations.stage.ts"

export const run: Run<typeof importDemonstrations> = async ({ inputs, parameters, outputs }) => {
  const columns = columnsOf(parameters.columns)
  const dataSet = await dataSetOf(inputs.file)
  const prompts = (await inputs.prompts?.read()) ?? []
  let written = 0
  let said: ReadonlyArray<string> = []
  await malformedAsStageError(async () => {
    for await (const { rows, sentences } of read(dataSet, { ...parameters, columns, prompts })) {
      await outputs.demonstrations.append(rows)
      await outputs.text.append(rows.map(({ text_id, text, kind, split }) => ({ text_id, text, kind, split })))
      written += rows.length
      said = sentences
    }
  })
  for (const sentence of said) console.log(sentence)
  if (written === 0) throw new StageError("NoText", [`${dataSet.name}: no demonstration is left`, ...said].join("; "))
}

interface GivenColumns {
  readonly prompt?: string
  readonly response?: string
  readonly messages?: string
  readonly kind?: string
  readonly split?: string
}

const columnsOf = ({ prompt, response, messages, ...others }: GivenColumns): DemonstrationColumns => {
  if (messages !== undefined && prompt === undefined && response === undefined) return { messages, ...others }
  if (messages === undefined && prompt !== undefined && response !== undefined) return { prompt, response, ...others }
  const given = Object.keys({ prompt, response, messages }).filter(
    (name) => ({ prompt, response, messages })[name as "prompt"] !== undefined,
  )
  throw new StageError("Columns", `columns has ${given.join(", ") || "neither"}; give prompt and response, or messages alone`)
}
