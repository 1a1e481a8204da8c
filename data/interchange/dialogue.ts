import type { Message } from "./conversation.ts"

/**
 * Where a turn of a dialogue begins that is written out as HH-RLHF does it. What follows is its
 * content, behind one space.
 */
const turnStart = /\n\n(System|Human|Assistant):(?= |\n|$)/

const roles: Readonly<Record<string, Message["role"]>> = { System: "system", Human: "user", Assistant: "assistant" }

/** A prompt and a response to it as conversations. */
export interface Turns {
  readonly prompt: ReadonlyArray<Message>
  /** The messages of a response to the prompt. The first is the assistant's. */
  readonly responseOf: (response: string) => ReadonlyArray<Message>
}

/**
 * A prompt as a conversation: the turns of `\n\nHuman: …\n\nAssistant:`, which is how an import
 * writes conversations, or one message of the user if it is plain text. A response loses the one
 * space that it begins with; to a dialogue it may go on with more turns.
 */
export const toTurns = (prompt: string): Turns => {
  const [before, ...turns] = prompt.split(turnStart)
  const isDialogue = before === "" && turns.length > 2 && turns.at(-2) === "Assistant" && turns.at(-1) === ""
  if (!isDialogue)
    return { prompt: [{ role: "user", content: prompt }], responseOf: (response) => [{ role: "assistant", content: unspaced(response) }] }
  return {
    prompt: messagesOf(turns.slice(0, -2)),
    responseOf: (response) => messagesOf(["Assistant", ...response.split(turnStart)]),
  }
}

/** Of speakers and their words, in turn. */
const messagesOf = (turns: ReadonlyArray<string>): ReadonlyArray<Message> =>
  Array.from({ length: turns.length / 2 }, (_, index) => ({
    role: roles[turns[2 * index] as string] as Message["role"],
    content: unspaced(turns[2 * index + 1] as string),
  }))

const unspaced = (text: string): string => (text.startsWith(" ") ? text.slice(1) : text)
