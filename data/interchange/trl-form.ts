import type { PreferenceRow } from "../schema/preferences.ts"
import { toTurns } from "./dialogue.ts"

/** What TRL's forms hold of a preference. */
export type TrlPreference = Pick<PreferenceRow, "prompt" | "chosen" | "rejected">

/** A preference with the tokens of its responses, where they are exported. */
export type TrlPair = TrlPreference & Partial<Pick<PreferenceRow, "chosen_token_ids" | "rejected_token_ids">>

/**
 * The forms in which TRL takes preferences, by the names that `export --format` has for them:
 * - `trl`: explicit, `{"prompt": …, "chosen": …, "rejected": …}`
 * - `trl-implicit`: the prompt in front of both responses, `{"chosen": …, "rejected": …}`
 * - `trl-conversational`: explicit, all three as lists of messages
 * - `kto`: unpaired, `{"prompt": …, "completion": …, "label": …}`, the chosen response first
 */
export const trlForms = ["trl", "trl-implicit", "trl-conversational", "kto"] as const
export type TrlForm = (typeof trlForms)[number]

/** The records of a pair in a form: one, or for `kto` one per response. */
export const trlRecords: Readonly<Record<TrlForm, (pair: TrlPair) => ReadonlyArray<object>>> = {
  trl: ({ prompt, chosen, rejected, ...tokens }) => [{ prompt, chosen, rejected, ...tokensOf(tokens) }],
  "trl-implicit": ({ prompt, chosen, rejected, ...tokens }) => [
    { chosen: prompt + chosen, rejected: prompt + rejected, ...tokensOf(tokens) },
  ],
  "trl-conversational": ({ prompt, chosen, rejected, ...tokens }) => {
    const turns = toTurns(prompt)
    return [{ prompt: turns.prompt, chosen: turns.responseOf(chosen), rejected: turns.responseOf(rejected), ...tokensOf(tokens) }]
  },
  kto: ({ prompt, chosen, rejected, chosen_token_ids, rejected_token_ids }) => [
    { prompt, completion: chosen, label: true, ...(chosen_token_ids && { completion_token_ids: [...chosen_token_ids] }) },
    { prompt, completion: rejected, label: false, ...(rejected_token_ids && { completion_token_ids: [...rejected_token_ids] }) },
  ],
}

const tokensOf = ({ chosen_token_ids, rejected_token_ids }: Omit<TrlPair, keyof TrlPreference>): object =>
  chosen_token_ids === undefined || rejected_token_ids === undefined
    ? {}
    : { chosen_token_ids: [...chosen_token_ids], rejected_token_ids: [...rejected_token_ids] }
