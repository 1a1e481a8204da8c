import { type ForeignRecord, isObject, spell, text } from "./record.ts"

/** A turn of a conversation. */
export interface Message {
  readonly role: Role
  readonly content: string
}

type Role = "system" | "user" | "assistant"

/**
 * How a conversation is written out as text: as HH-RLHF does it, `\n\nHuman: …\n\nAssistant: …`,
 * with `System` for a system's message. The prompt ends with `Assistant:`, and the response begins
 * with a space.
 */
const speakers: Readonly<Record<Role, string>> = { system: "System", user: "Human", assistant: "Assistant" }

/** What introduces the assistant's words. */
export const assistantTurn = `\n\n${speakers.assistant}:`

/** `value`, which stands at `field`, as messages. */
export const messages = (record: ForeignRecord, field: string, value: unknown): ReadonlyArray<Message> => {
  if (!Array.isArray(value)) throw record.fault(field, `is ${spell(value)}; expected a list of messages`)
  return value.map((message: unknown, index) => {
    const place = `${field}[${index}]`
    if (!isObject(message)) throw record.fault(place, `is ${spell(message)}; expected a message`)
    const { role, content } = message
    if (role !== "system" && role !== "user" && role !== "assistant")
      throw record.fault(`${place}.role`, `is ${spell(role)}; expected system, user or assistant`)
    return { role, content: text(record, `${place}.content`, content) }
  })
}

/** How many messages two conversations begin with in common, leaving one of each at least. */
export const sharedMessages = (one: ReadonlyArray<Message>, other: ReadonlyArray<Message>): number => {
  const most = Math.min(one.length, other.length) - 1
  let shared = 0
  while (shared < most && one[shared]?.role === other[shared]?.role && one[shared]?.content === other[shared]?.content) shared++
  return Math.max(shared, 0)
}

/** The messages of a prompt as text, up to where the assistant begins to speak. */
export const promptText = (record: ForeignRecord, field: string, prompt: ReadonlyArray<Message>): string => {
  if (prompt.length === 0) throw record.fault(field, "begins with no message of a prompt")
  return `${write(prompt)}${assistantTurn}`
}

/** The messages of a response as text, without what introduces the first. */
export const responseText = (record: ForeignRecord, field: string, response: ReadonlyArray<Message>): string => {
  const speaker = response[0]?.role
  if (speaker !== "assistant") throw record.fault(field, `answers with ${speaker ?? "no"} message; expected an assistant's`)
  return write(response).slice(assistantTurn.length)
}

/** A whole conversation as text, which begins with `\n\nHuman:`. */
export const conversationText = (record: ForeignRecord, field: string, conversation: ReadonlyArray<Message>): string => {
  if (conversation.length === 0) throw record.fault(field, "has no message")
  return write(conversation)
}

const write = (conversation: ReadonlyArray<Message>): string =>
  conversation.map(({ role, content }) => `\n\n${speakers[role]}: ${content}`).join("")
