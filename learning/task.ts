import { DeclarationError, file } from "assay"
import { Demonstrations, Prompts, Ratings, Text } from "./artifacts.ts"
import { bradleyTerry } from "./judge/bradley-terry.stage.ts"
import { goldenClassifier } from "./judge/golden-classifier.stage.ts"
import { vader, valencePerWord, winkSentiment } from "./judge/scorers/sentiment.stage.ts"
import { contrasts } from "./preferences/contrasts.stage.ts"
import { task as declareTask, type Task } from "./task-declaration.ts"

const shipped = (task: string) => {
  const folder = `assay:data/corpora/${task}`
  return { folder, text: file(`${folder}/text.parquet`, Text), prompts: file(`${folder}/prompts.parquet`, Prompts) }
}

/**
 * Example sentences of WordNet, to be continued from their first two words; gold is VADER's
 * compound score of the whole sentence.
 */
const sentiment = () => {
  const { folder, ...tables } = shipped("sentiment")
  return declareTask({
    ...tables,
    gold: vader(),
    tokenization: { kind: "sentence", vocabulary: 1024, context: 64 },
    maxNewTokens: 48,
    /**
     * Another gold: VADER's sum of valences by the number of words, which length alone does not
     * raise.
     */
    valencePerWord: valencePerWord(),
    /** The sentiment of `wink-nlp`: for evaluation alone, never to be trained on. */
    independent: winkSentiment(),
    /** What ten people said of each term of VADER's lexicon: `annotators` are made of it. */
    ratings: file(`${folder}/ratings.parquet`, Ratings),
  })
}

/** What the tasks have in common whose text answers its prompts. */
const demonstrated = (task: string) => {
  const { folder, ...tables } = shipped(task)
  return { ...tables, demonstrations: file(`${folder}/text.parquet`, Demonstrations) }
}

/**
 * Descriptions of Debian's packages, to be summed up as their maintainers did; gold is a frozen
 * Bradley–Terry model of comparisons that a machine made.
 */
const tldr = () => {
  const tables = demonstrated("tldr")
  const comparisons = (split: "train" | "test") =>
    contrasts({ text: tables.demonstrations, kinds: ["other", "shuffled", "span", "truncated", "extended"], split, seed: 1 })
  return declareTask({
    ...tables,
    gold: bradleyTerry({ preferences: comparisons("train"), heldOut: comparisons("test"), seed: 1 }),
    comparisons: comparisons("train"),
    heldOutComparisons: comparisons("test"),
    tokenization: { kind: null, vocabulary: 2048, context: 64 },
    maxNewTokens: 32,
  })
}

/**
 * Words of WordNet, to be defined as lexicographers did; gold is a frozen Bradley–Terry model of
 * comparisons that a machine made.
 */
const define = () => {
  const tables = demonstrated("define")
  const comparisons = (split: "train" | "test") =>
    contrasts({ text: tables.demonstrations, kinds: ["other", "shuffled", "truncated", "extended"], limit: 40_000, split, seed: 1 })
  return declareTask({
    ...tables,
    gold: bradleyTerry({ preferences: comparisons("train"), heldOut: comparisons("test"), seed: 1 }),
    comparisons: comparisons("train"),
    heldOutComparisons: comparisons("test"),
    tokenization: { kind: null, vocabulary: 1024, context: 64 },
    maxNewTokens: 40,
  })
}

/**
 * Subject lines of mail, to be continued from their first word; gold is a frozen logistic model of
 * P(ham), fitted to people's labels.
 */
const ham = () => {
  const tables = demonstrated("ham")
  return declareTask({
    ...tables,
    gold: goldenClassifier({ text: tables.demonstrations, positive: "ham", seed: 1 }),
    tokenization: { kind: null, vocabulary: 1024, context: 64 },
    maxNewTokens: 40,
  })
}

const tasks = { sentiment, tldr, define, ham } satisfies Readonly<Record<string, () => Task>>

/** The names of the shipped tasks. */
export type TaskName = keyof typeof tasks

/** Old names of a task's fields, each with the name that replaced it. */
const renamed = { reading: "tokenization", longest: "maxNewTokens" }

/**
 * The task with its old names, which throw a DeclarationError: an absent field would silently mean
 * a stage's default.
 */
const withOldNames = <T extends Task>(name: string, task: T): T =>
  Object.defineProperties(
    task,
    Object.fromEntries(
      Object.entries(renamed).map(([before, now]) => {
        const message = `the task "${name}": "${before}" is now called "${now}". Write ${now} in place of ${before}.`
        const get = (): never => {
          throw new DeclarationError({ message })
        }
        return [before, { get }]
      }),
    ),
  )

/**
 * One of the shipped tasks; what each has beside a `Task` is typed by its name. README files beside
 * the tables say where they are from.
 */
export const corpus = <T extends TaskName>({ task }: { readonly task: T }): ReturnType<(typeof tasks)[T]> =>
  withOldNames(task, tasks[task]() as ReturnType<(typeof tasks)[T]>)
