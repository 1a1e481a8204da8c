/** Results and runs put into a store as a run would put them, without computing anything. */

import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { Effect } from "effect"
import { type Manifest, Results, type RunRecord, Runs, type WiredStage } from "../../runtime/index.ts"
import type { Project } from "../runtime/project.ts"

export const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex")

interface Made {
  readonly stage?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Digests of tables and files that it was made of, by port. */
  readonly inputs?: Readonly<Record<string, { readonly artifact: string; readonly digest: string }>>
  /** Of the inputs, those that are files from outside. */
  readonly outside?: NonNullable<Manifest["outside"]>
  readonly printed?: ReadonlyArray<string>
}

interface Output {
  readonly artifact: string
  readonly kind: "table" | "files"
  readonly rows?: number
  /** Names of its files, and where they lie now: they are moved. */
  readonly files: Readonly<Record<string, string>>
}

const number = { made: 0 }

/** Publishes a result; gives its manifest. */
export const publish = (project: Project, outputs: Readonly<Record<string, Output>>, made: Made = {}): Promise<Manifest> => {
  number.made += 1
  const { stage = "make", parameters = {}, inputs = {}, outside, printed } = made
  const folder = fs.mkdtempSync(path.join(project.root, "publish-"))
  const stored = Object.entries(outputs).map(([name, { artifact, kind, rows, files }]) => {
    const list = Object.entries(files).map(([file, from]) => {
      const bytes = fs.readFileSync(from)
      return { name: file, object: sha256(bytes), bytes: bytes.length, path: from }
    })
    const digest = sha256(`logical ${list.map(({ name, object }) => `${name} ${object}`).join("\n")}`)
    return [
      name,
      {
        artifact,
        kind,
        digest,
        ...(rows === undefined ? {} : { rows }),
        bytes: list.reduce((sum, { bytes }) => sum + bytes, 0),
        files: list,
      },
    ] as const
  })
  const ports = Object.fromEntries(Object.entries(inputs).map(([port, { artifact }]) => [port, { types: [{ name: artifact }] }]))
  const manifest: Omit<Manifest, "outputs"> = {
    format: 1,
    key: sha256(`key ${project.root} ${number.made}`),
    stage,
    vector: [
      { component: "schemas", value: { inputs: ports } },
      { component: "parameters", value: parameters as never },
      ...Object.entries(inputs).map(([port, { digest }]) => ({ component: `inputs.${port}`, value: digest })),
    ],
    seconds: 0.25,
    created: "2026-01-01T00:00:00.000Z",
    host: { name: "h", platform: "linux-x64", node: "v20", cpu: "c" },
    ...(outside === undefined ? {} : { outside }),
    ...(printed === undefined ? {} : { printed }),
  }
  return project.provided(Effect.flatMap(Results, ({ publish }) => publish({ manifest, outputs: Object.fromEntries(stored), folder })))
}

/** Runs SQL in a database that may read and write everything: what tests make tables with. */
export const duckdb = async <A>(use: (connection: DuckDBConnection) => Promise<A>): Promise<A> => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  try {
    return await use(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Publishes the rows of a SELECT as a table. */
export const publishTable = async (
  project: Project,
  select: string,
  { artifact = "table", output = "rows", options = "", ...made }: Made & { artifact?: string; output?: string; options?: string } = {},
): Promise<Manifest> => {
  const file = path.join(fs.mkdtempSync(path.join(project.root, "table-")), "table.parquet")
  const rows = await duckdb(async (connection) => {
    await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet${options})`)
    return Number((await connection.runAndReadAll(`SELECT count(*) FROM '${file}'`)).value(0, 0))
  })
  return publish(project, { [output]: { artifact, kind: "table", rows, files: { [`${output}.parquet`]: file } } }, made)
}

interface RunMade {
  readonly run?: string
  readonly pipeline?: string
  readonly outcome?: RunRecord["outcome"]
  readonly created?: string
  /** How they are wired; absent: not said. */
  readonly wiring?: ReadonlyArray<WiredStage>
}

/** Records a run with these stages: results, or outcomes of stages without one. */
export const recordRun = (
  project: Project,
  stages: Readonly<Record<string, Manifest | RunRecord["stages"][number]["outcome"]>>,
  { run, pipeline = "made", outcome = "done", created = new Date(0).toISOString(), wiring }: RunMade = {},
): Promise<RunRecord> =>
  project.provided(
    Effect.gen(function* () {
      const { record, takeNumber, keepWiring } = yield* Runs
      const name = run ?? `${created.replaceAll(":", "-")}.r${yield* takeNumber}`
      const made: RunRecord = {
        format: 1,
        run: name,
        pipeline,
        path: path.join(project.root, "pipeline.ts"),
        created,
        seconds: 1,
        outcome,
        ...(wiring === undefined ? {} : { wiring: yield* keepWiring({ format: 1, pipeline, stages: wiring, results: [] }) }),
        stages: Object.entries(stages).map(([id, result]) =>
          typeof result === "string"
            ? { id, stage: wiring?.find((stage) => stage.id === id)?.stage ?? "make", outcome: result, key: null, seconds: 0 }
            : { id, stage: result.stage, outcome: "finished", key: result.key, seconds: result.seconds },
        ),
      }
      yield* record(made)
      return made
    }),
  )
