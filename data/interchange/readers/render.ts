import { firstTurns, isMessage, type Message, messageAt, messages, promptText, responseText, sharedMessages } from "../conversation.ts"
import { LeftOut } from "../left-out.ts"
import type { Mapping } from "../mapping.ts"
import { follow, type Path, type Placed, pathOf } from "../path.ts"
import { type ForeignRecord, isObject, numberOrNone, spell, text } from "../record.ts"
import { dialoguePromptEnd, textPromptEnd } from "../shared-beginning.ts"

/** The prompt of a record and its responses, as a policy reads them one after the other. */
export interface Rendered {
  readonly prompt: string
  /** In order; a response that is not text is what is wrong with it. */
  readonly responses: ReadonlyArray<string | LeftOut>
}

type Content = string | ReadonlyArray<Message>

/**
 * How a mapping's prompts and responses become text. What it returns throws a LeftOut where the
 * prompt is not text, and the record's own fault where messages are not what they should be.
 */
export const openRenderer = (mapping: Mapping): ((record: ForeignRecord, responses: ReadonlyArray<Placed>) => Rendered) => {
  const { prompt, as = "text" } = mapping
  const prompts = prompt === undefined ? [] : [prompt].flat().map(pathOf)
  const system = mapping.system === undefined ? undefined : pathOf(mapping.system)
  const turns = mapping.turns === undefined ? undefined : pathOf(mapping.turns)
  return (record, responses) => {
    const judged = turns === undefined ? null : readNumber(record, turns)
    const cut = (content: Content): Content => (judged === null || typeof content === "string" ? content : firstTurns(content, judged))
    const contents = responses.map((response) => catchLeftOut(() => cut(contentOf(record, response))))
    if (prompts.length === 0) return splitPrompt(record, as, responses, contents)
    const asked = prompts.length === 1 ? contentOf(record, readValue(record, prompts[0] as Path)) : joinTexts(record, prompts)
    const isDialogue = as === "dialogue" || system !== undefined || [asked, ...contents].some(isConversation)
    if (!isDialogue) return moveSpace(asked as string, contents as ReadonlyArray<string | LeftOut>)
    const first = system === undefined ? [] : systemMessage(record, system)
    const field = prompts[0]?.text ?? "prompt"
    const all = [...first, ...(typeof asked === "string" ? [{ role: "user" as const, content: asked }] : asked)]
    return {
      prompt: promptText(record, field, all),
      responses: contents.map((content, index) =>
        typeof content === "string"
          ? ` ${content}`
          : content instanceof LeftOut
            ? content
            : renderAnswer(record, responses[index]?.place ?? "", content),
      ),
    }
  }
}

/** The value at a path that leads to one. */
export const readValue = (record: ForeignRecord, path: Path): Placed =>
  follow(path, record.fields)[0] ?? { place: path.text, value: undefined }

/** The number at a path, which may be written as text; null where there is none. */
export const readNumber = (record: ForeignRecord, path: Path): number | null => {
  const { place, value } = readValue(record, path)
  return numberOrNone(record, place, value)
}

/** What a reader returns, or what it leaves out. */
export const catchLeftOut = <A>(read: () => A): A | LeftOut => {
  try {
    return read()
  } catch (error) {
    if (error instanceof LeftOut) return error
    throw error
  }
}

const isConversation = (content: Content | LeftOut): content is ReadonlyArray<Message> => Array.isArray(content)

const contentOf = (record: ForeignRecord, { place, value }: Placed): Content => {
  if (typeof value === "string") return text(record, place, value)
  if (isMessage(value)) return [messageAt(record, place, value)]
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return messages(record, place, value)
  throw new LeftOut("not-text", record.fault(place, `is ${spell(value)}; expected text or messages`))
}

/** Several texts as one prompt, without those that are missing or empty. */
const joinTexts = (record: ForeignRecord, paths: ReadonlyArray<Path>): string =>
  paths
    .map((path) => {
      const { place, value } = readValue(record, path)
      if ((value === undefined || value === null) && path.optional) return ""
      if (typeof value !== "string") throw new LeftOut("not-text", record.fault(place, `is ${spell(value)}; expected text`))
      return text(record, place, value)
    })
    .filter((part) => part !== "")
    .join("\n")

const systemMessage = (record: ForeignRecord, path: Path): ReadonlyArray<Message> => {
  const { place, value } = readValue(record, path)
  if (value === undefined || value === null || value === "") return []
  return [{ role: "system", content: text(record, place, value) }]
}

const renderAnswer = (record: ForeignRecord, place: string, response: ReadonlyArray<Message>): string => {
  if (response[0]?.role === "user" || response[0]?.role === "system")
    throw record.fault(place, "begins with the prompt, which the mapping also names; leave out its prompt, or take the last message alone")
  return responseText(record, place, response)
}

/** Texts as they are, but for a space at the prompt's end, which belongs to the responses. */
const moveSpace = (prompt: string, responses: ReadonlyArray<string | LeftOut>): Rendered => {
  if (!prompt.endsWith(" ")) return { prompt, responses }
  return { prompt: prompt.slice(0, -1), responses: responses.map((response) => (typeof response === "string" ? ` ${response}` : response)) }
}

/** Two responses that begin with their prompt. */
const splitPrompt = (
  record: ForeignRecord,
  as: NonNullable<Mapping["as"]>,
  places: ReadonlyArray<Placed>,
  contents: ReadonlyArray<Content | LeftOut>,
): Rendered => {
  const leftOut = contents.find((content) => content instanceof LeftOut)
  if (leftOut !== undefined) throw leftOut
  const [one, other] = contents as ReadonlyArray<Content>
  const [onePlace = "", otherPlace = ""] = places.map(({ place }) => place)
  if (one === undefined || other === undefined || contents.length !== 2)
    throw record.fault(onePlace, "has no prompt beside it; a mapping of more than two responses needs one")
  if (typeof one === "string" && typeof other === "string") {
    const turn = dialoguePromptEnd(one, other)
    if (turn === undefined && as === "dialogue")
      throw record.fault(onePlace, "is text; expected a conversation, which begins with the prompt")
    const end = turn ?? textPromptEnd(one, other)
    if (one.slice(0, end).trim() === "")
      throw record.fault(otherPlace, `begins with nothing that ${onePlace} begins with, and there is no prompt beside them`)
    return { prompt: one.slice(0, end), responses: [one.slice(end), other.slice(end)] }
  }
  if (typeof one === "string" || typeof other === "string")
    throw record.fault(otherPlace, `is ${typeof other === "string" ? "text" : "a conversation"}, and ${onePlace} is not`)
  const shared = sharedMessages(one, other)
  if (shared === 0) throw new LeftOut("no-prompt", record.fault(otherPlace, `begins with no message that ${onePlace} begins with`))
  return {
    prompt: promptText(record, onePlace, one.slice(0, shared)),
    responses: [responseText(record, onePlace, one.slice(shared)), responseText(record, otherPlace, other.slice(shared))],
  }
}
