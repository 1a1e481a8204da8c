/** Prompts that several response sets have answered, in an order. */

import { identifier, literal } from "../../data/sql.ts"
import type { GenerationOrder } from "../api.ts"

/**
 * What prompts are ordered by, the largest first. `own` is the response set that the order is of;
 * `first` the one that it is compared with.
 */
const keys: Readonly<Record<Exclude<GenerationOrder, "prompt">, (own: string, first: string) => string>> = {
  gain: (own, first) => `avg(coalesce(${own}.outcome, ${own}.score)) - any_value(${first}.level)`,
  disagreement: (own) => `max(abs(${own}.outcome - ${own}.proxy_outcome))`,
  longest: (own) => `max(${own}.length)`,
  shortest: (own) => `-min(${own}.length)`,
  "log-ratio": (own) => `max(list_max(list_transform(${own}.log_ratios, lambda x: abs(x))))`,
}

export interface PromptsWanted {
  /** SELECTs of the response sets, in the one shape. */
  readonly responseSets: ReadonlyArray<string>
  readonly order: GenerationOrder
  /** Which response set the order is of. */
  readonly of: number
  readonly search: string | null
  readonly prompt: string | null
}

/**
 * A SELECT of prompt, prompt_id and the value they are ordered by, of all prompts that all
 * response sets have answered.
 */
export const orderedPrompts = ({ responseSets, order, of, search, prompt }: PromptsWanted): string => {
  const own = `v${of}`
  const names = responseSets.map((_, index) => `v${index}`)
  const views = responseSets.map((select, index) => `v${index} AS (${select})`)
  const shared = names.filter((name) => name !== own).map((name) => `${own}.prompt IN (SELECT prompt FROM ${name})`)
  const conditions = [
    ...shared,
    ...(prompt === null ? [] : [`${own}.prompt = ${literal(prompt)}`]),
    ...(search === null || search === ""
      ? []
      : [
          `(contains(lower(${own}.prompt), ${literal(search.toLowerCase())}) OR contains(lower(${own}.response), ${literal(search.toLowerCase())}))`,
        ]),
  ]
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`
  const key = order === "prompt" ? `-min(${own}.row)` : keys[order](own, "level")
  const levels =
    order === "gain"
      ? ` LEFT JOIN (SELECT prompt, avg(coalesce(outcome, score)) AS level FROM v0 GROUP BY prompt) AS level ON level.prompt = ${own}.prompt`
      : ""
  return `WITH ${views.join(", ")} SELECT ${own}.prompt AS prompt, min(${own}.prompt_id) AS prompt_id, ${key} AS ${identifier("key")} FROM ${own}${levels}${where} GROUP BY ${own}.prompt ORDER BY ${identifier("key")} DESC NULLS LAST, min(${own}.row)`
}
