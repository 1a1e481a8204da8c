/** Tables with texts as rows of one shape: a prompt, an answer, and what was measured of it. */

import { identifier, literal } from "../../data/sql.ts"

/** What kind of table, and which of its rows. */
export interface ResponseSetRows {
  readonly view: string
  readonly artifact: string
  /** Names of its columns: tables of earlier versions lack some. */
  readonly columns: ReadonlySet<string>
  readonly step: number | null
  readonly against: string | null
}

/** The columns of the one shape, in order. */
export const answerColumns = [
  "row",
  "prompt_id",
  "prompt",
  "response",
  "role",
  "token_ids",
  "log_ratios",
  "score",
  "outcome",
  "proxy_outcome",
  "kl",
  "length",
  "finish_reason",
] as const

/** A SELECT of a table's rows in the one shape. */
export const answersOf = ({ view, artifact, columns, step, against }: ResponseSetRows): string => {
  const column = (name: string) => (columns.has(name) ? identifier(name) : "NULL")
  const conditions = [
    ...(step !== null && columns.has("step") ? [`step = ${step}`] : []),
    ...(against !== null && columns.has("against") ? [`against = ${literal(against)}`] : []),
  ]
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`
  const from = `(SELECT row_number() OVER () - 1 AS "row number", * FROM ${identifier(view)})${where}`
  const select = (cells: Readonly<Record<(typeof answerColumns)[number], string>>) =>
    `SELECT ${answerColumns.map((name) => `${cells[name]} AS ${identifier(name)}`).join(", ")} FROM ${from}`
  if (artifact === "preferences" || artifact === "judgements") {
    const ofPair = (role: "chosen" | "rejected") => {
      const byLabel = column(artifact === "judgements" ? "p_label" : "p_chosen")
      const probability = (value: string) => (role === "chosen" || value === "NULL" ? value : `1 - ${value}`)
      return select({
        row: `"row number"`,
        prompt_id: column("pair_id"),
        prompt: column("prompt"),
        response: column(role),
        role: literal(role),
        token_ids: column(`${role}_token_ids`),
        log_ratios: "NULL",
        score: column(`score_${role}`),
        outcome: probability(byLabel),
        proxy_outcome: probability(column("p_judge")),
        kl: "NULL",
        length: columns.has(`${role}_token_ids`) ? `len(${identifier(`${role}_token_ids`)})` : "NULL",
        finish_reason: "NULL",
      })
    }
    return `${ofPair("chosen")} UNION ALL ${ofPair("rejected")}`
  }
  return select({
    row: `"row number"`,
    prompt_id: column("prompt_id"),
    prompt: column("prompt"),
    response: column("response"),
    role: "NULL",
    token_ids: column("token_ids"),
    log_ratios: column("token_log_ratios"),
    score: column("score"),
    outcome: column("outcome"),
    proxy_outcome: column("proxy_outcome"),
    kl: column("kl"),
    length: column("tokens"),
    finish_reason: column("finish_reason"),
  })
}
