import { assistantTurn } from "./conversation.ts"
import { type PreferenceFormat, preference, readOnePairEach } from "./preference.ts"
import { type ForeignRecord, required, text } from "./record.ts"
import { dialoguePromptEnd } from "./shared-beginning.ts"

/**
 * Anthropic's HH-RLHF (Bai et al. 2022): `chosen` and `rejected` are whole dialogues, `\n\nHuman:
 * …\n\nAssistant: …`. The prompt reaches to the last `Assistant:` that both have in common: in a
 * few pairs the dialogues part before their last turn.
 */
export const hhRlhf: PreferenceFormat = {
  columns: ["chosen", "rejected"],
  needed: ["chosen", "rejected"],
  source: "human",
  open: () =>
    readOnePairEach((record) => {
      const chosen = dialogue(record, "chosen")
      const rejected = dialogue(record, "rejected")
      const end = dialoguePromptEnd(chosen, rejected)
      if (end === undefined) throw record.fault("rejected", `shares no dialogue up to "${assistantTurn.trim()}" with chosen`)
      return preference(chosen.slice(0, end), chosen.slice(end), rejected.slice(end))
    }),
}

const dialogue = (record: ForeignRecord, field: string): string => text(record, field, required(record, field))
