import { type Answers, type Columns, type EngineSetting, file, type Json, type Resume, type Run, type TableOutput } from "assay"
import { type Artifact, isArtifact } from "../../../dsl/artifact.ts"
import type { Declaration } from "../../../dsl/declaration.ts"
import type { ReadParameters } from "../../../dsl/parameters.ts"
import type { PluginDeclaration } from "../../../dsl/plugin.ts"
import { MemoryFiles, MemoryTable } from "./memory.ts"

type AnyStage = ((options: never) => unknown) & { readonly declaration: Declaration }

type ContextOf<S> = Run<S> extends (context: infer C) => Promise<void> ? C : never
type InputsOf<S> = ContextOf<S> extends { readonly inputs: infer I } ? I : never
type OutputsOf<S> = ContextOf<S> extends { readonly outputs: infer O } ? O : never

/** Inputs, of which those of optional ports may be left out. */
type Wired<I> = { readonly [K in keyof I as undefined extends I[K] ? never : K]: I[K] } & {
  readonly [K in keyof I as undefined extends I[K] ? K : never]?: I[K]
}

/** Parameters as a pipeline writes them: those with a default may be left out. */
type Given<S> = S extends (options: infer A) => unknown ? Omit<A, keyof InputsOf<S>> : never

type Yielded<S> = { readonly [K in keyof OutputsOf<S>]: OutputsOf<S>[K] extends TableOutput<infer C> ? MemoryTable<C> : MemoryFiles }

/** One thread unless a test says otherwise: tiny policies gain nothing by a second. */
export const oneThread: EngineSetting = { engine: "onnx", device: "cpu", threads: 1 }

/** Where a stage saves, once its outputs are there. */
export type ResumeOf = (outputs: Readonly<Record<string, MemoryTable<Columns> | MemoryFiles>>) => Resume

export const nothingSaved: ResumeOf = () => ({ load: async () => undefined, save: async () => {}, offer: async () => {} })

/** Keeps no answers. */
export const computeAll: Answers = { of: (_, rows, compute) => compute(rows) }

/** Keeps all answers in memory, as JSON. */
export const keepAnswers = (): Answers => {
  const kept = new Map<string, string>()
  return {
    of: async <R extends Json, A extends Json>(
      scope: Json,
      rows: ReadonlyArray<R>,
      compute: (missing: ReadonlyArray<R>) => Promise<ReadonlyArray<A>>,
    ): Promise<ReadonlyArray<A>> => {
      const keys = rows.map((row) => JSON.stringify([scope, row]))
      const missing = keys.flatMap((key, index) => (kept.has(key) ? [] : [index]))
      const computed = missing.length === 0 ? [] : await compute(missing.map((index) => rows[index] as R))
      for (const [at, index] of missing.entries()) kept.set(keys[index] as string, JSON.stringify(computed[at]))
      return keys.map((key) => JSON.parse(kept.get(key) as string) as A)
    },
  }
}

/**
 * Runs a stage in this process, from what is in memory to what is in memory, with parameters
 * checked and filled in by its own declaration and the implementation that the declaration names.
 */
export const runStage = async <S extends AnyStage>(
  stage: S,
  inputs: Wired<InputsOf<S>>,
  parameters: Given<S>,
  engine: EngineSetting = oneThread,
  progress: (step: number, total: number) => void = () => {},
  resumeOf: ResumeOf = nothingSaved,
  answers: Answers = computeAll,
): Promise<Yielded<S>> => {
  const { declaration } = stage
  const { values, plugins: passed } = decoded(stage, parameters)
  const outputs = Object.fromEntries(
    Object.entries(declaration.outputs).map(([name, type]) => [
      name,
      type.kind === "table" ? new MemoryTable(type.columns) : new MemoryFiles({}, pluginsOf(declaration, name, inputs, passed)),
    ]),
  )
  const { run } = (await declaration.run()) as { readonly run: (context: object) => Promise<void> }
  const plugin = async (...place: ReadonlyArray<string>) => {
    const placed = passed.find((each) => each.place.join() === place.join())
    if (placed === undefined) throw new Error(`no plugin was passed at ${place.join(".")}`)
    return ((await placed.declaration.run()) as { readonly run: unknown }).run
  }
  const context = { name: declaration.name, inputs, parameters: values, outputs, plugin, answers, engine, progress }
  await run({ ...context, resume: resumeOf(outputs) })
  return outputs as Yielded<S>
}

/**
 * The plugins of an output: its own, and those of inputs that it holds in folders, carries on or is
 * like.
 */
const pluginsOf = (
  declaration: Declaration,
  output: string,
  inputs: object,
  passed: ReadParameters["plugins"],
): ReadonlyMap<string, PluginDeclaration> => {
  const entry = declaration.plugins[output]
  if (entry === undefined) return new Map()
  if ("parameter" in entry)
    return new Map(passed.flatMap(({ place, declaration }) => (place.join(".") === entry.parameter ? [["", declaration]] : [])))
  if ("like" in entry) {
    const wired = (inputs as Readonly<Record<string, unknown>>)[entry.like]
    return wired instanceof MemoryFiles ? wired.plugins : new Map()
  }
  const inside = [...(entry.inputs ?? []), ...(entry.carries ?? [])].flatMap((port) => {
    const wired = (inputs as Readonly<Record<string, unknown>>)[port]
    const folders: ReadonlyArray<readonly [string, unknown]> = Array.isArray(wired)
      ? wired.map(({ input }: { readonly input: unknown }, index) => [`${port}/${index}`, input] as const)
      : [[port, wired]]
    return folders.flatMap(([folder, input]) =>
      input instanceof MemoryFiles
        ? [...input.plugins].map(([place, plugin]) => [`${folder}/${place}`.replace(/\/$/, ""), plugin] as const)
        : [],
    )
  })
  return new Map([["", entry.plugin], ...inside])
}

/**
 * The parameters that the declaration makes of those given: it is called with files on all of its
 * ports, and nothing is computed.
 */
const decoded = (stage: AnyStage, parameters: object): ReadParameters => {
  const wires = Object.entries(stage.declaration.inputs).flatMap(([port, { types, arity }]) => {
    if (arity === "optional" || arity === "any") return []
    const placeholder = file(port, types[0])
    return [[port, arity === "many" ? { placeholder } : placeholder]]
  })
  const yielded = stage({ ...Object.fromEntries(wires), ...parameters } as never) as Artifact | Readonly<Record<string, Artifact>>
  const { origin } = isArtifact(yielded) ? yielded : (Object.values(yielded)[0] as Artifact)
  if (origin.kind !== "output") throw new Error("a stage yields outputs")
  return { values: origin.stage.parameters, plugins: origin.stage.plugins }
}
