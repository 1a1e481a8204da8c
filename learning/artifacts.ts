import { files, table } from "assay"
import {
  classification,
  components,
  demonstrations,
  estimates,
  evaluation,
  gaps,
  judgements,
  marks,
  metrics,
  oracle,
  points,
  preferences,
  prompts,
  ratings,
  responses,
  summary,
  text,
  verdicts,
} from "../data/schema/index.ts"

/* What flows between the standard stages. Columns are described in data/schema/. */

/** Passages of a task's text, one per row. */
export const Text = table("text", text)
/** Passages that are a prompt and the response that somebody wrote to it. */
export const Demonstrations = table("demonstrations", demonstrations)
/** The prompts of a task, with their splits. */
export const Prompts = table("prompts", prompts)
/** Responses drawn from a policy. */
export const Responses = table("responses", responses)
/** Pairs of responses with labels. A recorded online stream is one too. */
export const Preferences = table("preferences", preferences)
/** What people said of the terms of a lexicon. */
export const Ratings = table("ratings", ratings)
/** The marks of a figure. */
export const Marks = table("marks", marks)
/** What a learner reported at its steps. */
export const Metrics = table("metrics", metrics)
/** Responses of checkpoints, compared with those of opponents. */
export const Evaluation = table("evaluation", evaluation)
/** How checkpoints order pairs that gold has ordered. */
export const Classification = table("classification", classification)
/** What a judge says of labelled pairs, beside their labels. */
export const Judgements = table("judgements", judgements)
/** Checkpoints against opponents, one row each. */
export const Summary = table("summary", summary)
/** Claims, and what became of them. */
export const Verdicts = table("verdicts", verdicts)
/** What verdicts rest on: estimates with their standard errors and components of variance. */
export const Estimates = table("estimates", estimates)
/** Gaps between two arms along KL. */
export const Gaps = table("gaps", gaps)
/** What gaps between two arms are made of. */
export const Components = table("components", components)
/** Checkpoints as points of win rate against KL. */
export const Points = table("points", points)
/** The highest win rate that any policy can have at each KL. */
export const Oracle = table("oracle", oracle)

/**
 * A policy as `transformers` reads it: `model.safetensors`, `config.json`, `tokenizer.json`,
 * `tokenizer_config.json`, `generation_config.json`.
 */
export const Policy = files("policy")

/**
 * A policy at several steps of its training, each in a folder of its own, `checkpoint-<step>/`; the
 * files beside the weights once more.
 */
export const Checkpoints = files("checkpoints")

/**
 * The judge that stands for the human: `judge.json` says which scorer it is, with which parameters,
 * and what that needs is beside it.
 */
export const GoldJudge = files("gold-judge")

/**
 * A judge that stands for a model of the human, such as a preference model trained on labels:
 * `judge.json`, and beside it what its scorer reads.
 */
export const ProxyJudge = files("proxy-judge")

/** How much each member of an ensemble of judges counts, and how well it does: `weights.json`. */
export const EnsembleWeights = files("ensemble-weights")

/** A figure as an SVG file. */
export const Figure = files("figure")

/** Markdown and the figures that it shows. */
export const Report = files("report")
