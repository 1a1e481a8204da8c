import { files, table } from "assay"
import {
  classification,
  demonstrations,
  evaluation,
  marks,
  metrics,
  points,
  preferences,
  prompts,
  ratings,
  responses,
  summary,
  text,
  verdicts,
} from "../data/schema/index.ts"

/** What flows between the standard stages. Columns are described in data/schema/. */

export const Text = table("text", text)
export const Demonstrations = table("demonstrations", demonstrations)
export const Prompts = table("prompts", prompts)
export const Responses = table("responses", responses)
export const Preferences = table("preferences", preferences)
export const Ratings = table("ratings", ratings)
export const Marks = table("marks", marks)
export const Metrics = table("metrics", metrics)
export const Evaluation = table("evaluation", evaluation)
export const Classification = table("classification", classification)
export const Summary = table("summary", summary)
export const Verdicts = table("verdicts", verdicts)
export const Points = table("points", points)

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
 * The judge that stands for the human: `judge.json` says which scorer it is, and what that needs is
 * beside it.
 */
export const GoldJudge = files("gold-judge")

/**
 * A preference model trained on labels of another judge: the files of a policy with a head for
 * scores.
 */
export const ProxyJudge = files("proxy-judge")

export const Figure = files("figure")

/** Markdown and the figures that it shows. */
export const Report = files("report")
