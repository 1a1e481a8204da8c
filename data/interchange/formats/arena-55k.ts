import { parseJson } from "../compile-mapping.ts"
import { type ForeignRecord, required, spell } from "../record.ts"

const columns = ["prompt", "response_a", "response_b", "winner_model_a", "winner_model_b", "winner_tie"] as const

/**
 * What users and models said in turn, as two conversations: three columns of JSON in the file, and
 * beside them a flag for each verdict.
 */
export const arena55k = {
  columns,
  fields: (record: ForeignRecord): ForeignRecord["fields"] => {
    const questions = turns(record, "prompt")
    const conversation = (column: string) => {
      const answers = turns(record, column)
      return questions.flatMap((question, index) => [
        { role: "user", content: question },
        { role: "assistant", content: answers[index] },
      ])
    }
    const { winner_model_a, winner_model_b, winner_tie } = record.fields
    return {
      conversation_a: conversation("response_a"),
      conversation_b: conversation("response_b"),
      winner_model_a,
      winner_model_b,
      winner_tie,
    }
  },
}

const turns = (record: ForeignRecord, column: string): ReadonlyArray<unknown> => {
  const value = required(record, column)
  const said = typeof value === "string" ? parseJson(record, column, value) : value
  if (!Array.isArray(said)) throw record.fault(column, `is ${spell(said)}; expected a list of what was said in each turn`)
  return said
}
