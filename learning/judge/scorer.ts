import {
  type Artifact,
  type Asking,
  DeclarationError,
  declarePlugin,
  type Fields,
  type FilesInput,
  type FilesType,
  type ParameterValues,
  type Reads,
  type Stage,
  stage,
} from "assay"
import type { EngineSetting } from "../../engine/index.ts"
import { GoldJudge, ProxyJudge } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import type { JudgeContext, TextPair, UnreadableAnswers, Verdict } from "./judge.ts"
import { LabelSets, labelsParameter } from "./labels.ts"

/** A response to a prompt, as text: `prompt + response` is what is read. */
export interface TextResponse {
  readonly prompt: string
  readonly response: string
}

/** Scores responses one by one: of two, the one with the higher score is better. */
export interface Pointwise {
  /** One finite number for each response, in their order, in any unit. */
  readonly score: (responses: ReadonlyArray<TextResponse>) => ReadonlyArray<number> | Promise<ReadonlyArray<number>>
  /**
   * The probability that the first of two responses is better, from the difference of their scores.
   * Only where scores are calibrated, such as log-odds: else the better score wins for certain.
   */
  readonly probability?: (difference: number) => number
  /** The most responses of one call; 256 if absent. */
  readonly batchSize?: number
  readonly keeps?: Keeps
  /** Where it does not read all text whole: how much it reads, and how often it has cut. */
  readonly context?: JudgeContext | undefined
  /** Where an answer may say nothing: how many did. */
  readonly unreadable?: UnreadableAnswers | undefined
}

/**
 * What of a scorer's answers is kept for later stages and runs, where it takes more than a
 * millisecond each. "rows", the default: an answer depends on its response, or pair, alone.
 * "batches": also on what it is asked together with, such as in a model that pads a batch to its
 * longest text; a batch with the same rows has the same answers. "nothing": it is asked every time.
 */
export type Keeps = "rows" | "batches" | "nothing"

/** Compares two responses to a prompt. */
export interface Pairwise {
  /** For each pair the probability that the first is better, ½ for a tie; or a whole verdict. */
  readonly compare: (pairs: ReadonlyArray<TextPair>) => ReadonlyArray<PairAnswer> | Promise<ReadonlyArray<PairAnswer>>
  /**
   * Whether exchanging the two responses of any pair complements its verdict. If absent, every pair
   * is compared in both orders, and what they disagree on is a tie.
   */
  readonly isSymmetric?: boolean
  /** The most pairs of one call; 256 if absent. */
  readonly batchSize?: number
  readonly keeps?: Keeps
  /** Where it does not read all text whole: how much it reads, and how often it has cut. */
  readonly context?: JudgeContext | undefined
  /** Where an answer may say nothing: how many did. */
  readonly unreadable?: UnreadableAnswers | undefined
}

/** Which of two is better, or the probability of it, in [0, 1]; a verdict says both apart. */
export type PairAnswer = number | Verdict

/** How a judge judges. */
export type Scoring = Pointwise | Pairwise

/** What the implementation of a scorer receives. */
export interface ScorerContext<P, I> {
  readonly parameters: P
  /** The artifacts that were wired to its inputs. */
  readonly inputs: { readonly [K in keyof I]: FilesInput }
  /** The judge's whole folder. */
  readonly files: FilesInput
  /** What it asks, by its `connect`; undefined where it declares none. */
  readonly connection: Asking | undefined
  /** The engine for tensor programs. */
  readonly engine: EngineSetting
}

/**
 * The type of the `run` that the module of a scorer exports. It is called once by each stage that
 * uses the judge; what it returns is called for every batch.
 *
 *   export const run: Scorer<typeof brevity> = ({ parameters: { target } }) => ({
 *     score: (all) => all.map(({ response }) => -Math.abs(response.length - target)),
 *   })
 */
export type Scorer<S> =
  S extends JudgeConstructor<infer I, infer P, infer _J>
    ? (context: ScorerContext<ParameterValues<P>, I>) => Scoring | Promise<Scoring>
    : never

/** What a judge may be used for. */
export type JudgeType = typeof GoldJudge | typeof ProxyJudge
type FilesPorts = Readonly<Record<string, FilesType>>
type ScorerStage<I extends FilesPorts, P extends Fields, J extends JudgeType> = Stage<
  I,
  P,
  { readonly judge: J },
  Readonly<Record<never, never>>
>

/** A declared scorer. Calling it returns the judge. */
export interface JudgeConstructor<I extends FilesPorts, P extends Fields, J extends JudgeType> {
  (...options: Given<Parameters<ScorerStage<I, P, J>>[0]>): Artifact<J>
  readonly declaration: ScorerStage<I, P, J>["declaration"]
  /** Only for the type checker: `Scorer` derives the type of the implementation from it. */
  readonly "~types"?: { readonly inputs: I; readonly parameters: P; readonly judge: J }
}

/** Left out where there is nothing to give. */
type Given<O> = Partial<O> extends O ? [options?: O] : [options: O]

interface Options<P extends Fields, I extends FilesPorts, J extends JudgeType> {
  /** What the scorer is called: the name of the stage that makes the judge. */
  readonly name: string
  /**
   * What the judge may be used for: `GoldJudge`, the default, stands for the human, `ProxyJudge`
   * for a model of the human, which online learners take.
   */
  readonly judge?: J
  /** Artifacts that are files: weights, a lexicon, other judges. */
  readonly inputs?: I
  /** Effect Schemas of JSON values. */
  readonly parameters?: P
  /**
   * Of a proxy, the labels that it was fitted to outside of Assay, as sets under names of your own:
   * `{ "ratings of 2023": { human: { pairs: 5000, untied: 4100 } } }`; `{}` says that there are
   * none. They count in the budgets of arms that use the judge, together with those of judges among
   * its inputs, each set once.
   */
  readonly labels?: LabelSets
  /** What it reads from outside; a stage that uses the judge may then reach it. */
  readonly reads?: NonNullable<Reads["reads"]>
  /** Represents what it reads in the fingerprints of stages that use the judge. */
  readonly readsAs?: NonNullable<Reads["readsAs"]>
  /**
   * Whether its answers come from outside and cannot be had again: what stages make of them is kept
   * and not repeated. Implied by a server in `connect`.
   */
  readonly recorded?: NonNullable<Reads["recorded"]>
  /** The server or the program that it asks, by `context.connection`. */
  readonly connect?: NonNullable<Reads["connect"]>
  /** Imports the module that implements it: `() => import("./brevity.ts")`. */
  readonly run: () => Promise<object>
}

/**
 * Declares a judge of your own: a function that scores responses, or compares two. Calling it
 * returns the judge, which `label`, `relabel`, `agreement` and `evaluate` take; `goldenPolicy`
 * takes a gold one and `optimizeOnline` a proxy.
 *
 *   export const brevity = scorer({
 *     name: "brevity",
 *     judge: GoldJudge,
 *     parameters: { target: Schema.Int },
 *     run: () => import("./brevity.ts"),
 *   })
 *   const pairs = label({ responses, judge: brevity({ target: 40 }) })
 *
 * The code of the scorer is part of the fingerprint of each stage that uses the judge: editing it
 * reruns these and no others. Such a stage runs in a process of its own, with the rights that the
 * scorer declares.
 */
export const scorer = <
  const P extends Fields = Record<never, never>,
  const I extends FilesPorts = Record<never, never>,
  J extends JudgeType = typeof GoldJudge,
>({
  name,
  judge,
  inputs,
  parameters,
  labels,
  run,
  ...outside
}: Options<P, I, J>): JudgeConstructor<I, P, J> => {
  const type: JudgeType = judge ?? GoldJudge
  if (![GoldJudge.name, ProxyJudge.name].some((known) => known === type.name))
    throw new DeclarationError({ message: `scorer ${name}: judge is ${type.name}: expected GoldJudge or ProxyJudge` })
  if (labels !== undefined && type.name === GoldJudge.name)
    throw new DeclarationError({
      message: `scorer ${name}: labels are counted of what models the human, not of gold: leave \`labels\` out, or declare judge: ProxyJudge`,
    })
  if (Object.hasOwn(parameters ?? {}, labelsParameter))
    throw new DeclarationError({
      message: `scorer ${name}: the parameter "${labelsParameter}" is kept for what \`labels\` declares: rename yours`,
    })
  const plugin = declarePlugin("scorer", { name, parameters: parameters ?? {}, run, ...outside })
  const declared = stage({
    name,
    inputs: inputs ?? {},
    // The stage writes `judge.json`, which says what the judge has learned from.
    parameters: { ...parameters, ...(labels === undefined ? {} : { [labelsParameter]: withDefault(LabelSets, labels) }) },
    outputs: { judge: type },
    plugins: { judge: { plugin, inputs: Object.keys(inputs ?? {}) } },
    run: type.name === GoldJudge.name ? () => import("./write-gold-judge.ts") : () => import("./write-proxy-judge.ts"),
  })
  const make = (options: Parameters<typeof declared>[0] = {}) => declared(options)
  // Nothing is inferred from a record that may be absent: the types are those of the options.
  return Object.assign(make, { declaration: declared.declaration }) as unknown as JudgeConstructor<I, P, J>
}
