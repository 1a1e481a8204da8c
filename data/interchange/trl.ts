import { messages, promptText, responseText, sharedMessages } from "./conversation.ts"
import { type ForeignPreference, type PreferenceFormat, preference, readOnePairEach } from "./preference.ts"
import { type ForeignRecord, has, optionalNumber, required, text } from "./record.ts"
import { textPromptEnd } from "./shared-beginning.ts"

/**
 * TRL's preference data: `chosen` and `rejected` as text or as conversations, with a `prompt`
 * beside them (explicit) or in them (implicit). All records of a file have one form. Two texts
 * without a common beginning have no prompt in them and are refused. Scores, where there are some,
 * are `score_chosen` and `score_rejected`.
 */
export const trl: PreferenceFormat = {
  columns: ["prompt", "chosen", "rejected", "score_chosen", "score_rejected"],
  needed: ["chosen", "rejected"],
  source: "imported",
  refuses: (present) => {
    if (present.includes("prompt") || !present.includes("chosen")) return undefined
    const named = present.find((name) => promptNames.has(name.toLowerCase()))
    return named === undefined
      ? undefined
      : `has no column "prompt", but one called "${named}" (columns: ${present.join(", ")}). Rename it to "prompt", or remove it if chosen and rejected begin with the prompt.`
  },
  open: () => {
    let expected: Form | undefined
    return readOnePairEach((record) => {
      const form = formOf(record)
      expected ??= form
      if (form.prompt !== expected.prompt)
        throw record.fault("prompt", form.prompt ? "is there, and records before have none" : "is missing, and records before have one")
      if (form.conversation !== expected.conversation)
        throw record.fault("chosen", `is ${kind(form.conversation)}, and in records before it was ${kind(expected.conversation)}`)
      return readers[`${form.prompt ? "explicit" : "implicit"} ${form.conversation ? "conversation" : "text"}`](record)
    })
  },
}

/** What data sets call their prompts when they do not call them `prompt`. */
const promptNames = new Set(
  "prompts question query instruction instructions input inputs context post document problem task user user_prompt user_input messages message conversation conversations history dialogue prompt_text".split(
    " ",
  ),
)

interface Form {
  readonly prompt: boolean
  readonly conversation: boolean
}

const formOf = (record: ForeignRecord): Form => ({
  prompt: has(record, "prompt"),
  conversation: Array.isArray(required(record, "chosen")),
})

const kind = (conversation: boolean): string => (conversation ? "a conversation" : "no conversation")

const textAt = (record: ForeignRecord, field: string): string => text(record, field, required(record, field))

const messagesAt = (record: ForeignRecord, field: string) => messages(record, field, required(record, field))

const scored = (record: ForeignRecord, prompt: string, chosen: string, rejected: string): ForeignPreference =>
  preference(prompt, chosen, rejected, optionalNumber(record, "score_chosen"), optionalNumber(record, "score_rejected"))

/** A pair of conversations that share their beginning, which is the prompt. */
const implicitConversation = (record: ForeignRecord): ForeignPreference => {
  const chosen = messagesAt(record, "chosen")
  const rejected = messagesAt(record, "rejected")
  const shared = sharedMessages(chosen, rejected)
  return scored(
    record,
    promptText(record, "chosen", chosen.slice(0, shared)),
    responseText(record, "chosen", chosen.slice(shared)),
    responseText(record, "rejected", rejected.slice(shared)),
  )
}

const readers = {
  "explicit text": (record: ForeignRecord): ForeignPreference =>
    scored(record, textAt(record, "prompt"), textAt(record, "chosen"), textAt(record, "rejected")),
  "explicit conversation": (record: ForeignRecord): ForeignPreference =>
    scored(
      record,
      promptText(record, "prompt", messagesAt(record, "prompt")),
      responseText(record, "chosen", messagesAt(record, "chosen")),
      responseText(record, "rejected", messagesAt(record, "rejected")),
    ),
  "implicit text": (record: ForeignRecord): ForeignPreference => {
    const chosen = textAt(record, "chosen")
    const rejected = textAt(record, "rejected")
    const end = textPromptEnd(chosen, rejected)
    if (chosen.slice(0, end).trim() === "") throw record.fault("rejected", noPrompt(record))
    return scored(record, chosen.slice(0, end), chosen.slice(end), rejected.slice(end))
  },
  "implicit conversation": implicitConversation,
}

const noPrompt = ({ fields }: ForeignRecord): string =>
  `begins with nothing that chosen begins with, and there is no prompt beside them (fields: ${Object.keys(fields).join(", ")}). Expected prompt, chosen and rejected, or chosen and rejected that both begin with the prompt.`
