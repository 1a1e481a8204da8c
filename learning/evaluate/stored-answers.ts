import { type InputMember, StageError } from "assay"
import type { ResponseRow } from "../../data/schema/index.ts"
import type { Responses } from "../artifacts.ts"
import { responseText } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import { nameOpponent } from "./opponent-names.ts"
import type { OpposingAnswer } from "./opposition.ts"

/** Answers that an opponent gave before the evaluation, by the text of their prompt. */
export interface StoredAnswers {
  readonly name: string
  readonly byPrompt: ReadonlyMap<string, ReadonlyArray<OpposingAnswer>>
}

/**
 * Reads tables of responses, each of one opponent. Throws a StageError `NotComparable` where the
 * tokens of a response are not its text under the run's tokenizer: another one wrote them.
 */
export const readStoredAnswers = (
  members: ReadonlyArray<InputMember<typeof Responses>>,
  tokenizer: Tokenizer,
  referenceDigest: string,
): Promise<ReadonlyArray<StoredAnswers>> =>
  Promise.all(
    members.map(async (member) => {
      const rows = await member.input.read()
      const name = nameOpponent(member, rows.length > 0 && rows.every(({ policy_key }) => policy_key === referenceDigest))
      const byPrompt = new Map<string, Array<OpposingAnswer>>()
      for (const row of rows) {
        const answers = byPrompt.get(row.prompt)
        if (answers !== undefined) answers.push(toOpposingAnswer(row))
        else {
          // One row of each prompt tells tokenizers apart, at a fraction of the time for all.
          checkTokens(name, row, tokenizer)
          byPrompt.set(row.prompt, [toOpposingAnswer(row)])
        }
      }
      return { name, byPrompt }
    }),
  )

const toOpposingAnswer = ({ response, tokens }: ResponseRow): OpposingAnswer => ({ text: response, tokens })

const checkTokens = (name: string, { response, token_ids }: ResponseRow, tokenizer: Tokenizer): void => {
  const known = token_ids.every((token) => token < tokenizer.vocabularySize)
  if (known && responseText(tokenizer, token_ids) === response) return
  throw new StageError(
    "NotComparable",
    `evaluate expects "answers" in the tokens of the run, but those of "${name}" are in others: draw them from a policy with the tokenizer of the run.`,
    { response },
  )
}
