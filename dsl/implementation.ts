/** What the implementation of a stage is given. Types only: a runtime provides the values. */

import type { ArtifactType, TableType } from "./artifact.ts"
import type { Columns, Row } from "./column.ts"
import type { Point } from "./declaration.ts"
import type { Port } from "./port.ts"
import type { Stage, StageParameters } from "./stage.ts"

/** A stored table. `digest` is its logical digest (schema and rows), 64 hex digits. */
export interface TableInput<C extends Columns> {
  readonly digest: string
  readonly rows: number
  /** All rows, in order. */
  readonly read: () => Promise<ReadonlyArray<Row<C>>>
  /** The same in batches, for tables larger than memory. */
  readonly batches: () => AsyncIterable<ReadonlyArray<Row<C>>>
}

/** A stored folder of files. `digest` covers names and bytes. */
export interface FilesInput {
  readonly digest: string
  readonly names: ReadonlyArray<string>
  /** The bytes of one file; fails if there is none of that name. */
  readonly read: (name: string) => Promise<Uint8Array>
  /** The same piece by piece, for files larger than memory. */
  readonly open: (name: string) => Promise<FileContent>
}

/** One file of a folder. Nothing is held open between two reads. */
export interface FileContent {
  /** In bytes. */
  readonly size: number
  /** The bytes from `start` up to `end`. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>
}

export interface TableOutput<C extends Columns> {
  /** Adds rows at the end. Wait for it: rows reach the disk as they come. */
  readonly append: (rows: ReadonlyArray<Row<C>>) => Promise<void>
}

export interface FilesOutput {
  /** Adds one file; `/` in its name makes folders. */
  readonly write: (name: string, content: Uint8Array | string) => Promise<void>
}

type InputOf<T extends ArtifactType> = T extends TableType<string, infer C> ? TableInput<C> : FilesInput
type OutputOf<T extends ArtifactType> = T extends TableType<string, infer C> ? TableOutput<C> : FilesOutput

/** A member of a collection, as the implementation sees it. */
export interface InputMember<T extends ArtifactType> {
  readonly path: ReadonlyArray<string>
  readonly at: Point
  readonly input: InputOf<T>
}

type InputsOf<I> = {
  readonly [K in keyof I]: I[K] extends Port<infer T, infer A>
    ? A extends "many" | "any"
      ? ReadonlyArray<InputMember<T>>
      : A extends "optional"
        ? InputOf<T> | undefined
        : InputOf<T>
    : I[K] extends ArtifactType
      ? InputOf<I[K]>
      : never
}

/** How tensor programs run. */
export interface EngineSetting {
  readonly engine: "onnx" | "tensorflow" | "wasm" | "cpu"
  readonly device: "cpu" | "cuda"
  readonly threads: number
  /** `shared`: the process keeps freed memory for whoever needs it next. `own` (the default): each program keeps what it has used. */
  readonly memory?: "own" | "shared"
}

/**
 * Where a long stage keeps how far it has got, so that a kill costs seconds. A stage loads first; what it then finds in its outputs is what it had written
 * to them when it last saved, so that it goes on as if nothing had been: it must come to the same result, bit for bit, whether it starts anew or goes on.
 *
 *   const saved = await resume.load()
 *   let state = saved === undefined ? initialState() : decodeState(saved)
 *   while (state.step < steps) {
 *     state = await step(state)
 *     await outputs.stream.append(state.rows)
 *     await resume.offer(() => encodeState(state))
 *   }
 */
export interface Resume {
  /**
   * The bytes that were saved last by this stage under the same fingerprint, after writing to the outputs what they held then; undefined, and the outputs
   * are empty, if there is nothing, or if it was not written whole. Throws if something has been written to an output before.
   */
  readonly load: () => Promise<Uint8Array | undefined>
  /** Replaces what was saved, by these bytes and all that was written to the outputs so far. On the disk when the promise resolves, forgotten when the stage has finished. */
  readonly save: (bytes: Uint8Array) => Promise<void>
  /** Saves what `make` returns if the last save was ten seconds ago or more; else `make` is not called. Cheap enough for every step. */
  readonly offer: (make: () => Uint8Array | Promise<Uint8Array>) => Promise<void>
}

export interface Context<I, P, O extends Readonly<Record<string, ArtifactType>>> {
  readonly inputs: InputsOf<I>
  readonly parameters: P
  readonly outputs: { readonly [K in keyof O]: OutputOf<O[K]> }
  /** The engine to compute with. Stages that do not declare `engine: true` must not touch it. */
  readonly engine: EngineSetting
  readonly resume: Resume
  /** Reports that `step` of `total` is done; `values` are shown beside it. */
  readonly progress: (step: number, total: number, values?: Readonly<Record<string, number>>) => void
}

/** The type of a stage's `run`: `export const run: Run<typeof train> = async ({ inputs, parameters, outputs }) => { … }`. */
export type Run<S> =
  S extends Stage<infer I, infer P, infer O, infer _R> ? (context: Context<I, StageParameters<P>, O>) => Promise<void> : never
