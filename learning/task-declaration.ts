import { type Artifact, DeclarationError } from "assay"
import { type ArtifactType, isArtifact, typeDifference } from "../dsl/artifact.ts"
import { GoldJudge, Prompts, Text } from "./artifacts.ts"

/**
 * What every task has: text to learn to speak from, prompts (with their splits), and the gold judge
 * that stands for the human.
 */
export interface Task {
  readonly text: Artifact<typeof Text>
  readonly prompts: Artifact<typeof Prompts>
  readonly gold: Artifact<typeof GoldJudge>
  /**
   * Parameters of `sft` that fit the texts: their kind, and in tokens the vocabulary and a context
   * that holds nearly all of them.
   */
  readonly tokenization: { readonly kind: string | null; readonly vocabulary: number; readonly context: number }
  /**
   * The longest response in tokens, for `sample`, `optimizeOnline` and `evaluate`: behind the
   * longest prompt it fits the context.
   */
  readonly maxNewTokens: number
}

/** A task as it is written: what has a default may be left out. */
export interface TaskParts {
  readonly text: Artifact<typeof Text>
  readonly prompts: Artifact<typeof Prompts>
  readonly gold: Artifact<typeof GoldJudge>
  readonly tokenization?: Partial<Task["tokenization"]>
  readonly maxNewTokens?: number
}

/** Those of `sft`. */
const usualTokenization: Task["tokenization"] = { kind: null, vocabulary: 1024, context: 64 }

/** The part of a context that a response may take where the task does not say. */
const responseShare = 3 / 4

/**
 * A task of your own, as the shipped ones are made: `task({ text, prompts, gold, tokenization: {
 * context: 128 }, maxNewTokens: 64 })`. `tokenization` is for `sft` and `maxNewTokens` for what
 * draws responses, all in tokens: left out, they are the defaults of `sft`, and three quarters of
 * the context. What else it is given, such as `demonstrations`, it has under the same name and
 * type. Throws a DeclarationError where a part is not an artifact of its type, or a response of
 * `maxNewTokens` would leave a prompt no room.
 */
export const task = <const Parts extends TaskParts>(parts: Parts): Task & Omit<Parts, keyof TaskParts> => {
  const { text, prompts, gold, tokenization, maxNewTokens, ...others } = parts
  checkPart("text", Text, text, "importText()")
  checkPart("prompts", Prompts, prompts, "importPrompts()")
  checkPart("gold", GoldJudge, gold, "bradleyTerry() or another gold judge")
  const whole = { ...usualTokenization, ...tokenization }
  checkTokens("tokenization.vocabulary", whole.vocabulary)
  checkTokens("tokenization.context", whole.context)
  const longest = maxNewTokens ?? Math.max(1, Math.floor(responseShare * whole.context))
  checkTokens("maxNewTokens", longest)
  if (longest >= whole.context)
    throw new DeclarationError({
      message: `task: a response of ${longest} tokens (maxNewTokens) leaves a prompt no room in a context of ${whole.context}. Raise tokenization.context, or lower maxNewTokens.`,
    })
  return { ...others, text, prompts, gold, tokenization: whole, maxNewTokens: longest }
}

const checkPart = (name: string, expected: ArtifactType, found: unknown, remedy: string): void => {
  const difference = isArtifact(found) ? typeDifference(expected, found.type) : kindOf(found)
  if (difference !== null)
    throw new DeclarationError({ message: `task: "${name}" expects ${expected.name}, got ${difference}. Pass the output of ${remedy}.` })
}

const kindOf = (value: unknown): string =>
  value === undefined ? "nothing" : `${typeof value === "object" ? "an object" : JSON.stringify(value)} that is not an artifact`

const checkTokens = (name: string, value: unknown): void => {
  if (!(Number.isInteger(value) && (value as number) >= 1))
    throw new DeclarationError({ message: `task: "${name}" expects a whole number of tokens above 0, got ${String(value)}` })
}
