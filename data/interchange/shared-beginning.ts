import { assistantTurn } from "./conversation.ts"

/**
 * Where the prompt ends that two texts begin with: in front of a space that belongs to the
 * responses, as TRL's `extract_prompt` has it, and never within a character of two units.
 */
export const textPromptEnd = (one: string, other: string): number => {
  let end = sharedLength(one, other)
  if (end > 0 && isHighSurrogate(one.charCodeAt(end - 1))) end--
  return one[end - 1] === " " ? end - 1 : end
}

/**
 * The same of two dialogues, `\n\nHuman: …\n\nAssistant: …`: the prompt reaches to the last
 * `Assistant:` that both have in common. Undefined where they have none.
 */
export const dialoguePromptEnd = (one: string, other: string): number | undefined => {
  const turn = one.slice(0, sharedLength(one, other)).lastIndexOf(assistantTurn)
  return turn === -1 ? undefined : turn + assistantTurn.length
}

const sharedLength = (one: string, other: string): number => {
  const most = Math.min(one.length, other.length)
  let shared = 0
  while (shared < most && one.charCodeAt(shared) === other.charCodeAt(shared)) shared++
  return shared
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
