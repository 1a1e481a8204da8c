/**
 * What happens to text that is longer than a policy's or a judge's context, everywhere: responses
 * are kept, and a prompt loses its beginning, all but its first token, which is the end-of-text
 * that every prompt starts with. Only responses that do not fit by themselves lose their ends. What
 * fits is left as it is.
 */

/** What was cut. */
export interface Cut {
  /** Tokens of the prompt. */
  readonly promptTokens: number
  /** Responses that lost tokens. */
  readonly responses: number
}

/** A prompt and responses to it as they fit a context. */
export interface Truncated {
  readonly prompt: Int32Array
  readonly responses: ReadonlyArray<Int32Array>
  readonly cut: Cut
}

/**
 * Of responses that each follow the prompt in a sequence of its own, at most `context` tokens long.
 * The longest of them decides how much of the prompt is left for all, so that all answer the same
 * text. With a context of 1 no response keeps a token.
 */
export const truncate = (prompt: Int32Array, responses: ReadonlyArray<Int32Array>, context: number): Truncated =>
  truncateBy(prompt, responses, context, (lengths) => Math.max(0, ...lengths))

/**
 * Of responses that follow the prompt one after another, in one sequence of at most `context`
 * tokens. They are cut to one greatest length.
 */
export const truncateJoined = (prompt: Int32Array, responses: ReadonlyArray<Int32Array>, context: number): Truncated =>
  truncateBy(prompt, responses, context, (lengths) => lengths.reduce((sum, length) => sum + length, 0))

/**
 * Of a prompt that is still to be answered: `maxNewTokens` tokens are kept free for the response,
 * or half the context where that is less, so that a prompt of any length gets an answer and any
 * answer has a prompt. A shorter prompt is left whole; a response ends where the context does.
 */
export const truncatePrompt = (
  prompt: Int32Array,
  { context, maxNewTokens }: { readonly context: number; readonly maxNewTokens: number },
): Pick<Truncated, "prompt" | "cut"> => {
  const kept = ending(prompt, context - Math.min(maxNewTokens, Math.floor(context / 2)))
  return { prompt: kept, cut: { promptTokens: prompt.length - kept.length, responses: 0 } }
}

const truncateBy = (
  prompt: Int32Array,
  responses: ReadonlyArray<Int32Array>,
  context: number,
  takenBy: (lengths: ReadonlyArray<number>) => number,
): Truncated => {
  const room = context - 1
  const takenAt = (most: number) => takenBy(responses.map((response) => Math.min(response.length, most)))
  let most = Math.min(room, Math.max(0, ...responses.map((response) => response.length)))
  while (takenAt(most) > room) most -= 1
  const kept = ending(prompt, context - takenAt(most))
  return {
    prompt: kept,
    responses: responses.map((response) => (response.length > most ? response.subarray(0, most) : response)),
    cut: { promptTokens: prompt.length - kept.length, responses: responses.filter((response) => response.length > most).length },
  }
}

/** The first token of a prompt and as many of its last as make up `length` tokens, at least 1. */
const ending = (prompt: Int32Array, length: number): Int32Array =>
  prompt.length <= length ? prompt : Int32Array.from([...prompt.subarray(0, 1), ...prompt.subarray(prompt.length - length + 1)])
