import { assistantTurn } from "./conversation.ts"
import { type PreferenceFormat, preference } from "./preference.ts"
import { type ForeignRecord, required, text } from "./record.ts"

/**
 * Anthropic's HH-RLHF (Bai et al. 2022): `chosen` and `rejected` are whole dialogues, `\n\nHuman:
 * …\n\nAssistant: …`. The prompt reaches to the last `Assistant:` that both have in common: in a
 * few pairs the dialogues part before their last turn.
 */
export const hhRlhf: PreferenceFormat = {
  columns: ["chosen", "rejected"],
  needed: ["chosen", "rejected"],
  source: "human",
  open: () => (record) => {
    const chosen = dialogue(record, "chosen")
    const rejected = dialogue(record, "rejected")
    let shared = 0
    while (shared < chosen.length && chosen[shared] === rejected[shared]) shared++
    const turn = chosen.slice(0, shared).lastIndexOf(assistantTurn)
    if (turn === -1) throw record.fault("rejected", `shares no dialogue up to "${assistantTurn.trim()}" with chosen`)
    const end = turn + assistantTurn.length
    return preference(chosen.slice(0, end), chosen.slice(end), rejected.slice(end))
  },
}

const dialogue = (record: ForeignRecord, field: string): string => text(record, field, required(record, field))
