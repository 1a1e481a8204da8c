import { Effect, Option } from "effect"
import { Queries, resolveStage } from "../../runtime/index.ts"
import type { Answer, GenerationOrder, GenerationSource, GenerationsPage, ResponseSet } from "../../serve/api.ts"
import { generationsOf, responseSetsOf, sourcesOf, usualOpponent } from "../../serve/generations/generations.ts"
import { viewOf } from "../../serve/runs/view.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { formatComparison, orderWords } from "../print/comparison.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { print, printJson, remark, screenWidth } from "../print/screen.ts"
import { findRun } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

/** Responses of a stage, as they were asked for. */
export interface ComparedSet {
  readonly id: string
  readonly artifact: GenerationSource["artifact"]
  /** Null of all checkpoints. */
  readonly step: number | null
  readonly against: string | null
}

/** Shows prompts with the responses of two or more stages, and their scores. */
export const compare = Effect.fn("assay compare")(
  function* (options: Options<"compare">) {
    const format = yield* rowFormat(options)
    const { stages, rows, step, against, search, pipeline } = options
    if (rows < 1 || rows > mostRows) return yield* new UsageError({ message: `--rows is ${rows}: expected 1 to ${mostRows}` })
    const record = yield* findRun(pipeline)
    const sources = sourcesOf(yield* viewOf(record))
    const ids = record.stages.map(({ id }) => id)
    const asked = yield* Effect.forEach(stages, (wanted) =>
      Effect.flatMap(resolveStage(ids, wanted), (id) => setOf(sources, id, { step, against })),
    )
    const order = Option.getOrElse(options.order, () => usualOrder(asked.map(({ set }) => set)))
    const page = yield* generationsOf(record, {
      responseSets: asked.map(({ request }) => request),
      order,
      ...(Option.isSome(search) ? { search: search.value } : {}),
      offset: 0,
      limit: rows,
    })
    const sets = asked.map(({ set }) => set)
    // By prompt and response set, the answers; several where a stage answered several times.
    if (format === "json") return yield* printJson({ run: record.run, order, responseSets: sets, ...page })
    if (format === "csv") return yield* printCsv(csvColumns, csvRows(sets, page))
    if (page.total === 0) return yield* print("no prompt was answered by all of them")
    yield* print(formatComparison(sets, page, screenWidth()))
    if (page.prompts.length < page.total)
      yield* remark(
        `${page.prompts.length} of ${page.total.toLocaleString("en-US")} prompts, ${orderWords[order]}; --rows and --order show others`,
      )
  },
  Effect.provide(Queries.layer()),
  withRuntime,
)

/** Prompts of one answer. */
const mostRows = 200

/** Texts of a stage that has several: what was measured says most. */
const preferredArtifacts: ReadonlyArray<GenerationSource["artifact"]> = ["evaluation", "responses", "judgements", "preferences"]

const setOf = Effect.fnUntraced(function* (
  sources: ReadonlyArray<GenerationSource>,
  id: string,
  { step, against }: Pick<Options<"compare">, "step" | "against">,
) {
  const own = preferredArtifacts.flatMap((artifact) => sources.filter((source) => source.id === id && source.artifact === artifact))
  const [source] = own
  if (source === undefined) {
    const others = [...new Set(sources.map((each) => each.id))].slice(0, 5).join(", ")
    const hint = others === "" ? "this run has none" : `those of this run are in ${others}`
    return yield* new UsageError({ message: `stage ${id} has no responses to compare: ${hint}` })
  }
  const { key, output, artifact } = source
  const found = yield* responseSetsOf({ key, output })
  const opponent = Option.getOrNull(against) ?? usualOpponent(found.against) ?? null
  if (opponent !== null && found.against.length > 0 && !found.against.includes(opponent))
    return yield* new UsageError({ message: `stage ${id} was not compared with "${opponent}"; its opponents: ${found.against.join(", ")}` })
  const last = artifact === "preferences" ? null : (found.steps.at(-1) ?? null)
  const chosen = found.steps.length === 0 ? null : (Option.getOrNull(step) ?? last)
  if (chosen !== null && !found.steps.includes(chosen))
    return yield* new UsageError({ message: `stage ${id} has no step ${chosen}; its steps: ${found.steps.join(", ")}` })
  const isJudged = found.against.length > 0
  const set: ComparedSet = { id, artifact, step: chosen, against: isJudged ? opponent : null }
  const request: ResponseSet = {
    key,
    output,
    ...(chosen === null ? {} : { step: chosen }),
    ...(isJudged && opponent !== null ? { against: opponent } : {}),
  }
  return { set, request }
})

/** Prompts where the last gains most over the first, if both were measured in one way. */
const usualOrder = (sets: ReadonlyArray<ComparedSet>): GenerationOrder =>
  sets.every(({ artifact }) => artifact === "evaluation") ? "gain" : "prompt"

const csvColumns = [
  "prompt_id",
  "prompt",
  "stage",
  "step",
  "row",
  "role",
  "response",
  "score",
  "outcome",
  "proxy_outcome",
  "kl",
  "tokens",
  "finish_reason",
]

const csvRows = (sets: ReadonlyArray<ComparedSet>, { prompts }: GenerationsPage) =>
  prompts.flatMap(({ prompt, promptId, answers }) =>
    answers.flatMap((ofSet, index) =>
      ofSet.map(({ row, role, response, score, outcome, proxyOutcome, kl, length, finishReason }: Answer) => [
        promptId,
        prompt,
        sets[index]?.id ?? null,
        sets[index]?.step ?? null,
        row,
        role,
        response,
        score,
        outcome,
        proxyOutcome,
        kl,
        length,
        finishReason,
      ]),
    ),
  )
