import { type InputMember, StageError } from "assay"
import type { ResponseRow } from "../../data/schema/index.ts"
import { groupBy } from "../analyse/runs.ts"
import type { Responses } from "../artifacts.ts"
import { responseText, responseTokens } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import { nameOpponent } from "./opponent-names.ts"
import type { OpposingAnswer } from "./opposition.ts"

/** Answers that an opponent gave before the evaluation, by the text of their prompt. */
export interface StoredAnswers {
  readonly name: string
  readonly byPrompt: ReadonlyMap<string, ReadonlyArray<OpposingAnswer>>
}

/** What stored answers must agree with. */
interface RunOptions {
  readonly tokenizer: Tokenizer
  /** The longest response of a checkpoint, in tokens. */
  readonly maxNewTokens: number
  readonly referenceDigest: string
}

/**
 * Reads tables of responses, each of one opponent. What a server drew, without tokens of ours, has
 * those of the run's tokenizer. Throws a StageError `NotComparable` where the tokens of a response
 * are not its text under that tokenizer, because another one wrote them, or where an answer is
 * longer than a checkpoint's may be.
 */
export const readStoredAnswers = (
  members: ReadonlyArray<InputMember<typeof Responses>>,
  { tokenizer, maxNewTokens, referenceDigest }: RunOptions,
): Promise<ReadonlyArray<StoredAnswers>> =>
  Promise.all(
    members.map(async (member) => {
      const rows = (await member.input.read()).map((row) => withTokens(row, tokenizer))
      const name = nameOpponent(member, rows.length > 0 && rows.every(({ policy_key }) => policy_key === referenceDigest))
      const longest = rows.reduce((most, { tokens }) => Math.max(most, tokens), 0)
      if (longest > maxNewTokens)
        throw new StageError(
          "NotComparable",
          `evaluate expects "answers" of at most "maxNewTokens", ${maxNewTokens} tokens, but "${name}" has one of ${longest}. Give sample() and evaluate() the same maxNewTokens, or have a server draw shorter ones.`,
        )
      const byPrompt = groupBy(rows, ({ prompt }) => prompt)
      // One row of each prompt tells tokenizers apart, at a fraction of the time for all.
      for (const [first] of byPrompt.values()) if (first !== undefined) checkTokens(name, first, tokenizer)
      return { name, byPrompt: new Map([...byPrompt].map(([prompt, answers]) => [prompt, answers.map(toOpposingAnswer)])) }
    }),
  )

const withTokens = (row: ResponseRow, tokenizer: Tokenizer): ResponseRow => {
  if (row.token_ids.length > 0) return row
  const token_ids = responseTokens(tokenizer, row.response)
  return { ...row, token_ids, tokens: token_ids.length }
}

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
