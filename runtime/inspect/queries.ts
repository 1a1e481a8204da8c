import { Context, Duration, Effect, Layer, Semaphore, Stream } from "effect"
import { type DataFileError, QueryError } from "../../data/error.ts"
import type {
  DownloadRequest,
  Histogram,
  HistogramRequest,
  Page,
  PageRequest,
  Selection,
  StatisticsRequest,
  TableDescription,
  TableStatistics,
} from "../../data/grid/index.ts"
import type { QueryResult, TableQuestions, Views } from "../../data/query/index.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import { fileBytes } from "./file-bytes.ts"
import type { Question } from "./query-child.ts"
import { queryMemory } from "./query-memory.ts"
import { askQuestion, type QueryProcess, settle, startQueryProcess, stopQueryProcess, whenReady } from "./query-process.ts"
import type { Wanted } from "./table.ts"

/** A Parquet file: an `ArtifactFile` of a table, or another. */
export interface TableFile {
  /** Absolute. */
  readonly path: string
}

type Failure = QueryError | DataFileError

/**
 * Answers questions about stored tables, in processes that stay. All fail with a QueryError: of
 * reason "time" for a question that takes longer than the limit, "busy" where too many wait
 * already, "memory" where it needs more than its share, "invalid" for what the table cannot be
 * asked; and with a DataFileError for a file that cannot be read. An interrupt stops the query.
 */
export interface QueriesShape {
  /**
   * Answers one SELECT, as a person typed it, over some views; it sees no other table. Of long
   * answers no more than is wanted is fetched.
   */
  readonly query: (views: Views, sql: string, wanted: Wanted) => Effect.Effect<QueryResult, Failure>
  readonly describe: (table: TableFile) => Effect.Effect<TableDescription, Failure>
  /** Some rows. What a page sorts or filters by is kept for the pages after it. */
  readonly page: (table: TableFile, request: PageRequest) => Effect.Effect<Page, Failure>
  /** How many rows a selection has. */
  readonly count: (table: TableFile, selection: Selection) => Effect.Effect<number, Failure>
  readonly histogram: (table: TableFile, request: HistogramRequest) => Effect.Effect<Histogram, Failure>
  readonly statistics: (table: TableFile, request: StatisticsRequest) => Effect.Effect<TableStatistics, Failure>
  /**
   * The bytes of a table, or of some rows and columns of it, as a file: as fast as they are taken,
   * and without a limit of time. All of a table as Parquet is the stored file itself.
   */
  readonly download: (table: TableFile, request: DownloadRequest) => Stream.Stream<Uint8Array, Failure>
}

export interface QueriesOptions {
  /**
   * Processes, each for one question at a time. Default: 2. Downloads have as many of their own.
   */
  readonly processes?: number
  /** Questions that may wait for a process, and downloads for theirs. Default: 32. */
  readonly waiting?: number
  /** How long a question may take from when a process has it. Default: 30 seconds. */
  readonly timeLimit?: Duration.Input
}

export class Queries extends Context.Service<Queries, QueriesShape>()("assay/runtime/Queries") {
  /** Processes are started when they are first needed, and end with the layer's scope. */
  static readonly layer = (options: QueriesOptions = {}): Layer.Layer<Queries, never, Settings> =>
    Layer.effect(
      Queries,
      Effect.flatMap(Settings, (settings) => makeQueries(settings, options)),
    )
}

const makeQueries = Effect.fnUntraced(function* (settings: SettingsShape, options: QueriesOptions) {
  const { processes = 2, waiting = 32, timeLimit = "30 seconds" } = options
  // There are as many processes for downloads.
  const memory = () => Math.floor(queryMemory(settings) / (2 * processes))
  const pool = yield* makePool(settings)
  const places = yield* makePlaces(processes, waiting)
  const downloadPlaces = yield* makePlaces(processes, waiting)

  const ask = (question: Question) =>
    places.occupied(
      Effect.acquireUseRelease(
        pool.acquire(question),
        (asked) =>
          Effect.andThen(
            whenReady(asked),
            Effect.timeoutOrElse(askQuestion(asked, question), { duration: timeLimit, orElse: () => Effect.fail(tooSlow(timeLimit)) }),
          ),
        pool.release,
      ),
    )
  const askTable =
    <K extends keyof TableQuestions>(kind: K) =>
    ({ path }: TableFile, request: TableQuestions[K][0]): Effect.Effect<TableQuestions[K][1], Failure> =>
      Effect.suspend(() => {
        const question = { ask: kind, request } as Extract<Question, { about: "table" }>["question"]
        return Effect.map(ask({ about: "table", path, question, memory: memory() }), (answer) => answer as TableQuestions[K][1])
      })
  const describe = askTable("describe")
  return Queries.of({
    query: (views, sql, wanted) =>
      Effect.suspend(() =>
        Effect.map(ask({ about: "views", views, sql, limits: { ...wanted, memory: memory() } }), (answer) => answer as QueryResult),
      ),
    describe: (table) => describe(table, {}),
    page: askTable("page"),
    count: askTable("count"),
    histogram: askTable("histogram"),
    statistics: askTable("statistics"),
    download: ({ path }, request) =>
      isWhole(request)
        ? fileBytes(path)
        : Stream.unwrap(
            Effect.gen(function* () {
              yield* downloadPlaces.occupy
              const asked = yield* Effect.acquireRelease(startQueryProcess(settings, true), stopQueryProcess)
              const question = { about: "download", path, request, memory: memory() } as const
              return Stream.fromAsyncIterable(bytesOf(asked, question), (error) => error as Failure)
            }),
          ),
  })
})

/** Processes that wait for a question. */
const makePool = Effect.fnUntraced(function* (settings: SettingsShape) {
  /** Which tables a process has open is known by what it was asked; the last to be idle is last. */
  const idle: Array<QueryProcess> = []
  const opened = new WeakMap<QueryProcess, Set<string>>()
  let closed = false
  yield* Effect.addFinalizer(() => {
    closed = true
    return Effect.forEach(idle, stopQueryProcess, { concurrency: "unbounded", discard: true })
  })

  const acquire = Effect.fnUntraced(function* (question: Question) {
    // What died while it was idle.
    idle.splice(0, idle.length, ...idle.filter(({ spent }) => !spent))
    const path = question.about === "table" ? question.path : null
    const familiar = idle.findIndex((asked) => path !== null && opened.get(asked)?.has(path))
    const index = familiar < 0 ? idle.length - 1 : familiar
    const asked = idle[index] ?? (yield* startQueryProcess(settings, false))
    if (index >= 0) idle.splice(index, 1)
    if (path !== null) opened.set(asked, (opened.get(asked) ?? new Set()).add(path))
    return asked
  })
  const release = Effect.fnUntraced(function* (asked: QueryProcess) {
    if ((yield* settle(asked)) && !closed) idle.push(asked)
    else yield* stopQueryProcess(asked)
  })
  return { acquire, release }
})

/** Places for so many at a time, and for so many that wait for them. */
const makePlaces = Effect.fnUntraced(function* (places: number, waiting: number) {
  const free = yield* Semaphore.make(places)
  let present = 0
  const enter = Effect.suspend(() => {
    if (present >= places + waiting) return Effect.fail(tooMany(waiting))
    present += 1
    return Effect.void
  })
  const leave = Effect.sync(() => {
    present -= 1
  })
  return {
    /** Until the scope ends. */
    occupy: Effect.andThen(
      Effect.acquireRelease(enter, () => leave),
      free.takeScoped(1),
    ),
    /** While an effect runs. */
    occupied: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.acquireUseRelease(
        enter,
        () => free.withPermit(effect),
        () => leave,
      ),
  }
})

/** The bytes that a download's process prints, then what it says of them. */
async function* bytesOf(asked: QueryProcess, question: Question): AsyncGenerator<Uint8Array, void, undefined> {
  const answered = Effect.runPromise(askQuestion(asked, question)).then(
    () => null,
    (error: unknown) => error,
  )
  // All that it has printed is in the pipe by then, which ends with the process.
  void answered.then(() => asked.child.kill("SIGKILL"))
  yield* asked.child.stdout ?? []
  const error = await answered
  if (error !== null) throw error
}

const isWhole = ({ format, filters = [], search = "", sort = [], columns }: DownloadRequest): boolean =>
  format === "parquet" && filters.length === 0 && search === "" && sort.length === 0 && columns === undefined

const tooSlow = (timeLimit: Duration.Input): QueryError =>
  new QueryError(
    "time",
    `the query took longer than ${Duration.format(Duration.fromInputUnsafe(timeLimit))} and was stopped: let it read fewer rows or columns`,
  )

const tooMany = (waiting: number): QueryError =>
  new QueryError("busy", `${waiting} others wait for an answer already: ask again when some have theirs`)
