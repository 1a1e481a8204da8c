import { Template } from "@huggingface/jinja"
import { toTurns } from "../../data/interchange/dialogue.ts"
import { StageError } from "../../dsl/stage-error.ts"

/**
 * The key of `tokenizer_config.json` by which a policy's prompts are put into its chat template.
 */
export const promptsKey = "assay_prompts"

/** How a policy reads prompts, and writes responses, that are turns of a conversation. */
export interface Chat {
  /**
   * A prompt as the chat template writes it, up to where the assistant begins to speak: of plain
   * text, what a user says; of a text in the form of HH-RLHF, all of its turns.
   */
  readonly prompt: (prompt: string) => string
  /** A response without the space that separates it from a prompt of plain text. */
  readonly response: (response: string) => string
  /** A whole conversation as the chat template writes it, the response as its last turn. */
  readonly conversation: (prompt: string, response: string) => string
}

type Config = Readonly<Record<string, unknown>>

/**
 * The chat of a `tokenizer_config.json`, undefined where prompts are read as they are. Throws a
 * StageError `ChatTemplate` for a template that is missing, cannot be parsed, or refuses a prompt.
 */
export const chatOf = (config: Config, special: Readonly<Record<string, string | undefined>>): Chat | undefined => {
  if (config[promptsKey] !== "chat") return undefined
  const source = templateOf(config)
  if (source === undefined)
    throw chatError('has no chat_template: its policy cannot read prompts as conversations; import it with `prompts: "text"`')
  // What asks for today's date finds no clock: the same prompt has the same tokens tomorrow.
  // Templates have a date of their own for that case.
  const template = naming("cannot be parsed", () => new Template(source.replaceAll("strftime_now", "clock_of_no_one")))
  const write = (prompt: string, more: ReadonlyArray<object>, add_generation_prompt: boolean): string => {
    const messages = [...toTurns(prompt).prompt.map((message) => ({ ...message })), ...more]
    return naming(`cannot write ${JSON.stringify(prompt.slice(0, 60))}`, () =>
      template.render({ messages, add_generation_prompt, ...special }),
    )
  }
  const response = (text: string): string => (text.startsWith(" ") ? text.slice(1) : text)
  return {
    prompt: (prompt) => write(prompt, [], true),
    response,
    conversation: (prompt, text) => write(prompt, [{ role: "assistant", content: response(text) }], false),
  }
}

/** The default of several, as `transformers` 4 may write them. */
const templateOf = ({ chat_template: given }: Config): string | undefined => {
  if (typeof given === "string") return given
  if (!Array.isArray(given)) return undefined
  const found = (given as ReadonlyArray<{ readonly name?: unknown; readonly template?: unknown } | null>).find(
    (each) => each?.name === "default",
  )
  return typeof found?.template === "string" ? found.template : undefined
}

const naming = <A>(problem: string, act: () => A): A => {
  try {
    return act()
  } catch (error) {
    throw chatError(`has a chat_template that ${problem}: ${(error as Error).message}`)
  }
}

const chatError = (problem: string): StageError =>
  new StageError("ChatTemplate", `tokenizer_config.json ${problem}`, { file: "tokenizer_config.json" })
