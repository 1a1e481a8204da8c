import { LeftOut } from "./left-out.ts"
import { type ForeignRecord, isObject, spell, text } from "./record.ts"

/** A turn of a conversation. */
export interface Message {
  readonly role: Role
  readonly content: string
}

type Role = "system" | "user" | "assistant" | "tool"

/**
 * How a conversation is written out as text: as HH-RLHF does it, `\n\nHuman: …\n\nAssistant: …`,
 * with `System` for a system's message and `Tool` for a tool's result. The prompt ends with
 * `Assistant:`, and the response begins with a space.
 */
const speakers: Readonly<Record<Role, string>> = { system: "System", user: "Human", assistant: "Assistant", tool: "Tool" }

/** What introduces the assistant's words. */
export const assistantTurn = `\n\n${speakers.assistant}:`

/** What data sets call those who speak, in lower case. */
const roles: Readonly<Record<string, Role>> = {
  system: "system",
  developer: "system",
  user: "user",
  human: "user",
  prompter: "user",
  assistant: "assistant",
  gpt: "assistant",
  bot: "assistant",
  chatbot: "assistant",
  model: "assistant",
  function_call: "assistant",
  tool_call: "assistant",
  tool: "tool",
  function: "tool",
  ipython: "tool",
  observation: "tool",
  tool_response: "tool",
}

/** Who speaks, by any of the names that are used for it. */
export const roleOf = (record: ForeignRecord, field: string, name: unknown): Role => {
  const known = typeof name === "string" ? name.toLowerCase() : ""
  const role = Object.hasOwn(roles, known) ? roles[known] : undefined
  if (role === undefined) throw record.fault(field, `is ${spell(name)}; expected one of ${Object.keys(roles).join(", ")}`)
  return role
}

/**
 * `value`, which stands at `field`, as messages: `role` and `content` or `text`, or `from` and
 * `value`.
 */
export const messages = (record: ForeignRecord, field: string, value: unknown): ReadonlyArray<Message> => {
  if (!Array.isArray(value)) throw record.fault(field, `is ${spell(value)}; expected a list of messages`)
  return value.map((message: unknown, index) => messageAt(record, `${field}[${index}]`, message))
}

/** Whether a value has the form of a message. */
export const isMessage = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) && ("role" in value || "from" in value)

/** `value`, which stands at `place`, as a message. */
export const messageAt = (record: ForeignRecord, place: string, value: unknown): Message => {
  if (!isObject(value)) throw record.fault(place, `is ${spell(value)}; expected a message`)
  const [who, what] = "from" in value ? ["from", "value"] : ["role", "text" in value && !("content" in value) ? "text" : "content"]
  return {
    role: roleOf(record, `${place}.${who}`, value[who]),
    content: contentOf(record, `${place}.${what}`, value[what], value.tool_calls),
  }
}

/**
 * What a message says: text, or parts of which all are text; and the tools that it calls, one line
 * of JSON for each, `{"name":…,"arguments":…}`. A message with an image is left out.
 */
const contentOf = (record: ForeignRecord, field: string, content: unknown, calls: unknown): string => {
  const called = Array.isArray(calls) ? calls.map((call: unknown) => writeCall(record, field, call)) : []
  if (called.length > 0 && (content === null || content === undefined || content === "")) return called.join("\n")
  if (content === null || content === undefined) throw new LeftOut("not-text", record.fault(field, "is missing; expected text"))
  const said = Array.isArray(content) && content.length > 0 ? partsOf(record, field, content) : text(record, field, content)
  return [said, ...called].join("\n")
}

const partsOf = (record: ForeignRecord, field: string, parts: ReadonlyArray<unknown>): string =>
  parts
    .map((part, index) => {
      const place = `${field}[${index}]`
      if (typeof part === "string") return text(record, place, part)
      if (!isObject(part)) throw record.fault(place, `is ${spell(part)}; expected a part with text`)
      if (typeof part.text !== "string")
        throw new LeftOut("not-text", record.fault(place, `is a part of type ${spell(part.type)}; expected text`))
      return text(record, `${place}.text`, part.text)
    })
    .join("\n")

const writeCall = (record: ForeignRecord, field: string, call: unknown): string => {
  const called = isObject(call) && isObject(call.function) ? call.function : call
  if (!isObject(called) || typeof called.name !== "string") throw record.fault(field, "is beside a tool call without a name")
  return JSON.stringify({ name: called.name, arguments: readArguments(called.arguments) })
}

/** Arguments come as JSON, or as JSON in text. */
const readArguments = (value: unknown): unknown => {
  if (typeof value !== "string") return value ?? {}
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

/**
 * How many messages two conversations begin with in common, up to where the assistant answers in
 * both, leaving one of each at least.
 */
export const sharedMessages = (one: ReadonlyArray<Message>, other: ReadonlyArray<Message>): number => {
  const most = Math.min(one.length, other.length) - 1
  let shared = 0
  while (shared < most && one[shared]?.role === other[shared]?.role && one[shared]?.content === other[shared]?.content) shared++
  const answers = (conversation: ReadonlyArray<Message>): boolean => conversation[shared]?.role === "assistant"
  while (shared > 0 && !(answers(one) && answers(other))) shared--
  return Math.max(shared, 0)
}

/** A conversation up to the end of its n-th turn, the assistant's. */
export const firstTurns = (conversation: ReadonlyArray<Message>, turns: number): ReadonlyArray<Message> => {
  let ended = 0
  const end = conversation.findIndex(({ role }) => role === "assistant" && ++ended === turns)
  return end === -1 ? conversation : conversation.slice(0, end + 1)
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
