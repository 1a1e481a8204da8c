import { StageError, type TableInput } from "assay"
import type { responses } from "../../data/schema/index.ts"
import { promptGroups, type Response } from "./prompt-groups.ts"

export type Pairing = "untied" | "disjoint" | "all"

export type ResponsePair = readonly [Response, Response]

/** Pairs of the responses to one prompt: disjoint ones, or every one. */
export const pairsWithin = (group: ReadonlyArray<Response>, pairing: Pairing): ReadonlyArray<ResponsePair> =>
  pairing === "disjoint"
    ? group.flatMap((first, index) => (index % 2 === 0 ? pairUp(first, group[index + 1]) : []))
    : group.flatMap((first, index) => group.slice(index + 1).map((second) => [first, second] as const))

/** Pairs of one policy's responses with another's: i-th with i-th, or every one. */
export const pairsAcross = (
  own: ReadonlyArray<Response>,
  others: ReadonlyArray<Response>,
  pairing: Pairing,
): ReadonlyArray<ResponsePair> =>
  pairing === "disjoint"
    ? own.flatMap((first, index) => pairUp(first, others[index]))
    : own.flatMap((first) => others.map((second) => [first, second] as const))

const pairUp = (first: Response, second: Response | undefined): ReadonlyArray<ResponsePair> =>
  second === undefined ? [] : [[first, second]]

/**
 * The responses of two policies to each prompt, side by side. Fails with a StageError
 * `UnlikePrompts` (details `prompt`, which counts prompts from 0) where the tables do not have the
 * same prompts in the same order.
 */
export async function* zipPromptGroups(
  one: TableInput<typeof responses>,
  other: TableInput<typeof responses>,
): AsyncGenerator<readonly [ReadonlyArray<Response>, ReadonlyArray<Response>]> {
  const facing = promptGroups(other.batches())
  let prompt = 0
  for await (const group of promptGroups(one.batches())) {
    const { value, done } = await facing.next()
    const [first, second] = [group[0], done === true ? undefined : value[0]]
    if (done === true || first?.prompt !== second?.prompt) throw unlike(prompt, first?.prompt, second?.prompt)
    yield [group, value]
    prompt++
  }
  const { value, done } = await facing.next()
  if (done !== true) throw unlike(prompt, undefined, value[0]?.prompt)
}

const unlike = (prompt: number, one: string | undefined, other: string | undefined): StageError => {
  const spelled = (text: string | undefined) => (text === undefined ? "no more" : JSON.stringify(text))
  const problem = `prompt ${prompt} of the responses is ${spelled(one)}, and of the opponents ${spelled(other)}`
  return new StageError("UnlikePrompts", `${problem}; sample both for the same prompts, split and limit`, { prompt })
}
