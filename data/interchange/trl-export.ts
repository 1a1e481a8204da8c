import { readBatches } from "../parquet/index.ts"
import { type PreferenceRow, preferences } from "../schema/preferences.ts"
import { writePieces } from "../written-file.ts"
import { textPromptEnd } from "./shared-beginning.ts"
import { type TrlForm, type TrlPair, type TrlPreference, trlRecords } from "./trl-form.ts"

/** A preference that may be a tie, which no form of TRL can say. */
type Exportable = TrlPair & Partial<Pick<PreferenceRow, "tie">>

/** How many pairs were written, and what of them a reader of the form should know. */
interface Written {
  readonly pairs: number
  /** Left out: of a tie neither response was chosen. */
  readonly ties: number
  /** Of the implicit form: pairs in which a reader finds another end of the prompt. */
  readonly movedPrompts?: number
}

/**
 * Writes preferences to a file in one of TRL's forms, a JSON object a line, in order; an existing
 * file is replaced. Ties are left out and counted. Fails with a DataFileError if the disk refuses.
 */
export const toTrlPreferences = async (
  batches: AsyncIterable<ReadonlyArray<Exportable>> | Iterable<ReadonlyArray<Exportable>>,
  file: string,
  form: TrlForm = "trl",
): Promise<Written> => {
  const recordsOf = trlRecords[form]
  let pairs = 0
  let ties = 0
  let movedPrompts = 0
  async function* lines() {
    for await (const rows of batches) {
      const decided = rows.filter(({ tie }) => tie !== true)
      pairs += decided.length
      ties += rows.length - decided.length
      if (form === "trl-implicit") movedPrompts += decided.filter(readsOtherwise).length
      const text = decided.flatMap(({ tie: _, ...pair }) => recordsOf(pair).map((record) => `${JSON.stringify(record)}\n`)).join("")
      if (text !== "") yield text
    }
  }
  await writePieces(file, lines())
  return { pairs, ties, ...(form === "trl-implicit" ? { movedPrompts } : {}) }
}

/**
 * Whether a reader of the implicit form finds another prompt: the responses begin alike, or one of
 * them is the beginning of the other, where TRL's `extract_prompt` stops a character too soon.
 */
const readsOtherwise = ({ prompt, chosen, rejected }: TrlPreference): boolean =>
  textPromptEnd(prompt + chosen, prompt + rejected) !== prompt.length || chosen.startsWith(rejected) || rejected.startsWith(chosen)

/** What an export left out, and what TRL will read otherwise. */
export interface ExportedTrl extends Written {
  /**
   * Of the responses whose tokens are on record and could be compared; null where no tokenizer was
   * given, and of the conversational form, which a chat template writes out.
   */
  readonly responses: { readonly compared: number; readonly differing: number; readonly cut: number } | null
  /** Responses without tokens, where tokens were asked for. */
  readonly withoutTokens?: number
}

/** The contents of the files of a tokenizer. */
export interface TokenizerContents {
  readonly tokenizer: string
  readonly config: string
}

export interface TrlOptions {
  readonly form?: TrlForm
  /** Whether the tokens of the responses are written beside them, as the table has them. */
  readonly tokenIds?: boolean
}

/**
 * Of preferences, what the forms can say, what must be left out, and the tokens behind the texts.
 */
const { prompt, chosen, rejected, tie, chosen_token_ids, rejected_token_ids } = preferences
const withTokens = { prompt, chosen, rejected, tie, chosen_token_ids, rejected_token_ids }

/**
 * The same for a stored table of preferences, or of a stream. With the tokenizer of the policy that
 * drew the responses it counts those that tokenise differently when TRL reads prompt and response
 * as text. Fails with a DataFileError or ColumnError if the table is none.
 */
export const exportTrl = async (
  table: string,
  file: string,
  tokenizer: TokenizerContents | null = null,
  { form = "trl", tokenIds = false }: TrlOptions = {},
): Promise<ExportedTrl> => {
  const comparison = tokenizer === null || form === "trl-conversational" ? null : await compareTokens(tokenizer)
  if (comparison === null && !tokenIds) {
    return { ...(await toTrlPreferences(readBatches(table, { prompt, chosen, rejected, tie }), file, form)), responses: null }
  }
  let withoutTokens = 0
  async function* counted(): AsyncGenerator<ReadonlyArray<Exportable>, void, undefined> {
    for await (const rows of readBatches(table, withTokens)) {
      for (const row of rows) {
        if (row.tie) continue
        comparison?.add(row.prompt, row.chosen, row.chosen_token_ids)
        comparison?.add(row.prompt, row.rejected, row.rejected_token_ids)
        for (const tokens of [row.chosen_token_ids, row.rejected_token_ids]) if (tokens.length === 0) withoutTokens++
      }
      yield tokenIds ? rows : rows.map(({ prompt, chosen, rejected, tie }) => ({ prompt, chosen, rejected, tie }))
    }
  }
  const written = await toTrlPreferences(counted(), file, form)
  return { ...written, responses: comparison?.counts ?? null, ...(tokenIds ? { withoutTokens } : {}) }
}

/** Counts the responses that read back as other tokens, of those whose tokens are on record. */
const compareTokens = async (tokenizer: TokenizerContents) => {
  const { readBack } = await import("./read-back.ts")
  const read = readBack(tokenizer.tokenizer, tokenizer.config)
  const counts = { compared: 0, differing: 0, cut: 0 }
  const add = (prompt: string, response: string, tokens: Int32Array): void => {
    if (tokens.length === 0) return
    const { differs, cut } = read(prompt, response, tokens)
    counts.compared++
    if (differs) counts.differing++
    if (cut) counts.cut++
  }
  return { counts, add }
}
