import { spawn } from "node:child_process"
import * as path from "node:path"
import { Effect, Option, Schema } from "effect"
import type { EngineSetting } from "../../dsl/engine-setting.ts"
import { gatedBundle } from "../bundle/gated.ts"
import { installedTensorflow, tensorflowPlace } from "../engines/installed.ts"
import type { TensorflowPlace } from "../engines/load-tensorflow.ts"
import { environmentOf } from "../execute/executor/environment.ts"
import type { SettingsShape } from "../settings.ts"

/** What an engine says when it is tried. */
const Probed = Schema.Struct({
  /** Null if it computes. */
  problem: Schema.NullOr(Schema.String),
  /** What its library says of its version. */
  version: Schema.NullOr(Schema.String),
  /** What the system says of its libraries that do not load, where it does not compute. */
  libraries: Schema.Array(Schema.String),
})
export type Probed = typeof Probed.Type

interface ProbedPlace {
  readonly tensorflow?: TensorflowPlace
  readonly variables?: Readonly<Record<string, string>>
  /** Libraries that it needs, by path, or by name where the system has them. */
  readonly libraries?: ReadonlyArray<string>
}

/** Milliseconds for all engines of one process. */
const limitMs = 120_000

/**
 * Tries engines on one device, in a process like that of a stage, and returns what each says, in
 * their order. What the process printed stands for the answer of one that crashed. `from` is where
 * a native engine is loaded from, if that is not the installed one.
 */
export const probeEngines = (
  settings: SettingsShape,
  engines: ReadonlyArray<EngineSetting["engine"]>,
  device: EngineSetting["device"],
  from: ProbedPlace = {},
): Effect.Effect<ReadonlyArray<Probed>> =>
  Effect.gen(function* () {
    const entry = yield* Effect.promise(() => probeBundle(settings))
    const [engine = "onnx"] = engines
    const installed = engine === "tensorflow" ? installedTensorflow(settings, device) : undefined
    const tensorflow = from.tensorflow ?? (installed === undefined ? null : tensorflowPlace(settings, installed))
    const environment = environmentOf({ trusted: true, engine: true, declared: [] }, { ...settings, engine, device })
    const asked = engines.map((each): EngineSetting => ({ engine: each, device, threads: 1 }))
    const { printed, end } = yield* runProbe([entry, JSON.stringify({ asked, tensorflow, libraries: from.libraries ?? [] })], {
      ...environment,
      ...from.variables,
    })
    const answers = printed.stdout.split("\n").flatMap((line) => Option.toArray(decodeProbed(line)))
    return engines.map((_, index) => answers[index] ?? { problem: lastLine(printed.stderr) ?? end, version: null, libraries: [] })
  })

const decodeProbed = Schema.decodeUnknownOption(Schema.fromJsonString(Probed))

const lastLine = (text: string): string | undefined => text.trim().split("\n").at(-1) || undefined

interface ProbeEnd {
  readonly printed: { readonly stdout: string; readonly stderr: string }
  /** How it ended, for a reader. */
  readonly end: string
}

const runProbe = (given: ReadonlyArray<string>, environment: Readonly<Record<string, string>>): Effect.Effect<ProbeEnd> =>
  Effect.callback((resume) => {
    const child = spawn(process.execPath, [...given], { env: environment, stdio: ["ignore", "pipe", "pipe"], timeout: limitMs })
    const printed = { stdout: "", stderr: "" }
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        printed[stream] += text
      })
    child.on("error", (error) => resume(Effect.succeed({ printed, end: error.message })))
    child.on("close", (code, signal) =>
      resume(
        Effect.succeed({ printed, end: signal === null ? `its process exited with code ${code}` : `its process was ended by ${signal}` }),
      ),
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const probeBundle = async ({ assayRoot, cache }: SettingsShape): Promise<string> => {
  const directory = path.join(assayRoot, "engine")
  const loader = path.join(assayRoot, "runtime", "engines", "load-tensorflow.ts")
  const entry = [
    `import { answerProbe } from ${JSON.stringify(path.join(directory, "probe.ts"))}`,
    `import { loadTensorflow, restoreUtil } from ${JSON.stringify(loader)}`,
    "const { asked, tensorflow, libraries } = JSON.parse(process.argv[2])",
    "const prepareTensorflow = () => (tensorflow === null ? restoreUtil() : loadTensorflow(tensorflow))",
    "await answerProbe({ settings: asked, libraries, prepareTensorflow })",
  ].join("\n")
  return (await gatedBundle({ assayRoot, cache, directory, entry })).bundle
}
