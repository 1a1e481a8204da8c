/** Texts that policies wrote, side by side. */

import { Effect } from "effect"
import { literal } from "../../data/sql.ts"
import { Queries, type RunRecord, type Views } from "../../runtime/index.ts"
import { BadQuestion } from "../answer.ts"
import type { Answer, GenerationSource, GenerationsPage, GenerationsRequest, ResponseSet, ResponseSets, TableRef } from "../api.ts"
import { outputsOf, pointOf, type RunView } from "../runs/view.ts"
import { findOutput, openTable } from "../tables/stored.ts"
import { orderedPrompts } from "./order.ts"
import { answerColumns, answersOf } from "./rows.ts"
import { textsOfTokens, tokenizerOf } from "./token-texts.ts"

const artifacts: ReadonlySet<string> = new Set(["responses", "evaluation", "preferences", "judgements"])

/** Where a run has texts. */
export const sourcesOf = (view: RunView): ReadonlyArray<GenerationSource> =>
  view.record.stages.flatMap((outcome): ReadonlyArray<GenerationSource> => {
    const manifest = view.manifests.get(outcome.id)
    if (manifest === undefined) return []
    const at = pointOf(view.wired.get(outcome.id) ?? {})
    return outputsOf(manifest).flatMap(({ name, kind, artifact, rows }) =>
      kind === "table" && artifacts.has(artifact)
        ? [{ key: manifest.key, output: name, id: outcome.id, at, artifact: artifact as GenerationSource["artifact"], rows: rows ?? 0 }]
        : [],
    )
  })

const small = { rows: 100_000, cell: 100_000, beyond: "cut" } as const

/** The opponent that says most of several: what training began with. */
export const usualOpponent = (against: ReadonlyArray<string>): string | undefined =>
  ["reference", "sft"].find((name) => against.includes(name)) ?? against[0]

/** What of a table can be looked at by itself. */
export const responseSetsOf = Effect.fnUntraced(function* (ref: TableRef) {
  const table = yield* openTable(ref)
  const { describe, query } = yield* Queries
  const names = new Set((yield* describe(table)).columns.map(({ name }) => name))
  const valuesOf = Effect.fnUntraced(function* (column: string) {
    if (!names.has(column)) return []
    const { rows } = yield* query({ artifact: [table.path] }, `SELECT DISTINCT ${column} FROM artifact ORDER BY 1`, small)
    return rows.map(([value]) => value)
  })
  const found: ResponseSets = { steps: (yield* valuesOf("step")) as Array<number>, against: (yield* valuesOf("against")) as Array<string> }
  return found
})

/** A response set as a SELECT over the view of its table. */
const rowsOfResponseSet = Effect.fnUntraced(function* (responseSet: ResponseSet, index: number) {
  const { stored } = yield* findOutput(responseSet)
  if (!artifacts.has(stored.artifact))
    return yield* new BadQuestion({ message: `a table of ${stored.artifact} holds no texts of policies` })
  const file = yield* openTable(responseSet)
  const { describe, query } = yield* Queries
  const columns = new Set((yield* describe(file)).columns.map(({ name }) => name))
  const view = `t${index}`
  const last = Effect.gen(function* () {
    if (!columns.has("step") || stored.artifact === "preferences") return null
    const { rows } = yield* query({ [view]: [file.path] }, `SELECT max(step) FROM ${view}`, small)
    return rows[0]?.[0] as number
  })
  const step = responseSet.step ?? (yield* last)
  const select = answersOf({ view, artifact: stored.artifact, columns, step, against: responseSet.against ?? null })
  return { view, path: file.path, select, digest: stored.digest }
})

/** Some prompts with the answers of all response sets; `run` has the tokenizers. */
export const generationsOf = Effect.fnUntraced(function* (run: RunRecord, request: Omit<GenerationsRequest, "run">) {
  const { query } = yield* Queries
  const asked = yield* Effect.forEach(request.responseSets, rowsOfResponseSet)
  const views = Object.fromEntries(asked.map(({ view, path }) => [view, [path]]))
  const of = request.of ?? asked.length - 1
  if (of < 0 || of >= asked.length)
    return yield* new BadQuestion({ message: `there are ${asked.length} responseSets, and none has number ${of}` })
  const ordered = orderedPrompts({
    responseSets: asked.map(({ select }) => select),
    order: request.order,
    of,
    search: request.search ?? null,
    prompt: request.prompt ?? null,
  })
  const { rows: prompts } = yield* query(views, ordered, small)
  const shown = prompts.slice(request.offset, request.offset + request.limit).map(([prompt, id]) => ({ prompt: prompt as string, id }))
  const answers = yield* Effect.forEach(asked, ({ select, digest }) =>
    answersTo({ views, select, prompts: shown.map(({ prompt }) => prompt) }, tokenizerOf(run, digest)),
  )
  const page: GenerationsPage = {
    total: prompts.length,
    prompts: shown.map(({ prompt, id }) => ({
      prompt,
      promptId: typeof id === "number" ? id : null,
      answers: answers.map((byPrompt) => byPrompt.get(prompt) ?? []),
    })),
  }
  return page
})

/** The answers of one response set, by prompt. */
const answersTo = Effect.fnUntraced(function* (
  { views, select, prompts }: { readonly views: Views; readonly select: string; readonly prompts: ReadonlyArray<string> },
  readTokenizer: ReturnType<typeof tokenizerOf>,
) {
  const byPrompt = new Map<string, Array<Answer>>()
  if (prompts.length === 0) return byPrompt
  const { query } = yield* Queries
  const list = prompts.map((prompt) => literal(prompt)).join(", ")
  const { rows } = yield* query(views, `SELECT * FROM (${select}) WHERE prompt IN (${list}) ORDER BY "row", role`, small)
  const tokenizer = yield* readTokenizer
  for (const row of rows) {
    const cells = Object.fromEntries(answerColumns.map((name, index) => [name, row[index] ?? null]))
    const prompt = cells.prompt as string
    const ids = cells.token_ids as ReadonlyArray<number> | null
    const ratios = cells.log_ratios as ReadonlyArray<number> | null
    const texts = tokenizer === null || ids === null ? null : textsOfTokens(tokenizer, ids)
    const answer: Answer = {
      row: cells.row as number,
      response: cells.response as string,
      tokens: texts?.map((text, index) => ({ text, logRatio: ratios?.[index] ?? null })) ?? null,
      role: cells.role as Answer["role"],
      score: cells.score as number | null,
      outcome: cells.outcome as number | null,
      proxyOutcome: cells.proxy_outcome as number | null,
      kl: cells.kl as number | null,
      length: cells.length as number | null,
      finishReason: cells.finish_reason as string | null,
    }
    const known = byPrompt.get(prompt)
    if (known === undefined) byPrompt.set(prompt, [answer])
    else known.push(answer)
  }
  return byPrompt
})
