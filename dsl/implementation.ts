/** What the implementation of a stage receives. Types only: the runtime provides the values. */

import type { ArtifactType, TableType } from "./artifact.ts"
import type { Json } from "./canonical.ts"
import type { Columns, Row } from "./column.ts"
import type { Asking } from "./connection.ts"
import type { Point } from "./declaration.ts"
import type { EngineSetting } from "./engine-setting.ts"
import type { ParameterValues } from "./parameters.ts"
import type { Port } from "./port.ts"
import type { Stage } from "./stage.ts"

/** A stored table. `digest` is its logical digest (of schema and rows), 64 hex digits. */
export interface TableInput<C extends Columns> {
  readonly digest: string
  readonly rows: number
  /** Reads all rows, in order. */
  readonly read: () => Promise<ReadonlyArray<Row<C>>>
  /** Reads them in batches, for tables larger than memory. */
  readonly batches: () => AsyncIterable<ReadonlyArray<Row<C>>>
}

/** A stored folder of files. `digest` covers their names and bytes, 64 hex digits. */
export interface FilesInput {
  readonly digest: string
  readonly names: ReadonlyArray<string>
  /** Reads one file; rejects if there is none of that name. */
  readonly read: (name: string) => Promise<Uint8Array>
  /** Opens one file for reading in pieces, for files larger than memory. */
  readonly open: (name: string) => Promise<FileContent>
  /**
   * Loads the plugin that its producer declared for it, and returns what the plugin's module
   * exports as `run`; rejects if there is none. `carried` names a port of the producer whose plugin
   * came along.
   */
  readonly plugin: (carried?: string) => Promise<unknown>
  /** What the plugin that is for it asks; undefined where it declares no `connect`. */
  readonly connection: Asking | undefined
  /** What the plugin that is for it has answered before, in any stage that was given it. */
  readonly answers: Answers
  /** The files of one of its folders, by their names in there, with the plugin that is for them. */
  readonly within: (folder: string) => FilesInput
}

/** Answers to rows that were computed before, by this run or another. */
export interface Answers {
  /**
   * One answer for each row, in their order. `compute` is called for those alone whose answer is
   * not known, in their order; it answers one for each. What it takes more than a millisecond a row
   * to compute is kept, under the code that asks, its packages, `scope` and the row.
   *
   * An answer must depend on `scope` and its row alone: what is computed from several rows at once,
   * such as a batch that is padded to its longest, is one row here.
   */
  readonly of: <R extends Json, A extends Json>(
    scope: Json,
    rows: ReadonlyArray<R>,
    compute: (missing: ReadonlyArray<R>) => Promise<ReadonlyArray<A>>,
  ) => Promise<ReadonlyArray<A>>
}

/** One file of a stored folder. It is not held open between two reads. */
export interface FileContent {
  /** In bytes. */
  readonly size: number
  /** Reads the bytes from `start` up to, but without, `end`. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>
}

/** A table that the stage writes. */
export interface TableOutput<C extends Columns> {
  /** Appends rows. Await it: it resolves when more rows can be accepted. */
  readonly append: (rows: ReadonlyArray<Row<C>>) => Promise<void>
}

/**
 * What a file is to hold: bytes, text (as UTF-8), or its bytes in pieces, for files that are not to
 * be in memory as a whole. A piece is not asked for before the one in front of it is written, which
 * may then be overwritten.
 */
export type NewContent = Uint8Array | string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** A folder of files that the stage writes. */
export interface FilesOutput {
  /** Writes one file; `/` in its name makes folders. */
  readonly write: (name: string, content: NewContent) => Promise<void>
}

type InputOf<T extends ArtifactType> = T extends TableType<string, infer C> ? TableInput<C> : FilesInput
type OutputOf<T extends ArtifactType> = T extends TableType<string, infer C> ? TableOutput<C> : FilesOutput

/**
 * One artifact of an input declared with `many` or `anyNumber`: its path in the record passed by
 * the caller, its sweep point, its content.
 */
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

/**
 * The checkpoint of a long stage, so that a kill costs seconds. A stage loads it first: its outputs
 * then hold what they held when it last saved, and it continues from there. Its result must be the
 * same, bit for bit, whether it starts from the beginning or resumes.
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
   * Restores the outputs of the last checkpoint saved under the same fingerprint, and returns its
   * bytes. Returns undefined, with empty outputs, if there is no intact checkpoint. Throws if an
   * output has been written to before.
   */
  readonly load: () => Promise<Uint8Array | undefined>
  /**
   * Replaces the checkpoint by these bytes and the outputs so far. It is on disk when the promise
   * resolves, and deleted when the stage has finished.
   */
  readonly save: (bytes: Uint8Array) => Promise<void>
  /**
   * Saves what `make` returns if the last save was at least ten seconds ago, else does not call it.
   * Cheap enough for every step.
   */
  readonly offer: (make: () => Uint8Array | Promise<Uint8Array>) => Promise<void>
}

/** What a program wrote as one output of its stage. */
export interface WrittenOutput {
  readonly output: string
  /** The name of its artifact type. */
  readonly artifact: string
  /** The names of its files; none of a table. */
  readonly files: ReadonlyArray<string>
}

/** The program of a stage that declares a `command`. */
export interface CommandRun {
  /**
   * Runs it in a folder of its own, and takes what it wrote as the outputs of the stage, to which
   * nothing else may be written. Rejects with a StageError where it fails, or where an output is
   * missing or not as declared.
   */
  readonly run: () => Promise<ReadonlyArray<WrittenOutput>>
}

/**
 * What `run` receives: the content of the inputs, the parameters, where to write the outputs, and
 * services of the runtime.
 */
export interface Context<I, P, O extends Readonly<Record<string, ArtifactType>>> {
  /** The name of the stage's declaration. */
  readonly name: string
  readonly inputs: InputsOf<I>
  readonly parameters: P
  readonly outputs: { readonly [K in keyof O]: OutputOf<O[K]> }
  /**
   * Loads the plugin that was passed as a parameter, and returns what its module exports as `run`.
   * `place` leads to it: `plugin("loss")`, `plugin("rewards", 0)`. Rejects if there is none.
   */
  readonly plugin: (...place: ReadonlyArray<string | number>) => Promise<unknown>
  /** The server or the program of the stage's `connect`; undefined where it declares none. */
  readonly connection: Asking | undefined
  /** The program of the stage's `command`; undefined where it declares none. */
  readonly command: CommandRun | undefined
  /** What the stage has computed before. */
  readonly answers: Answers
  /** The engine for tensor programs. Only stages that declare `engine: true` may use it. */
  readonly engine: EngineSetting
  /** The checkpoint of this stage. */
  readonly resume: Resume
  /**
   * Reports that `step` of `total` steps are done; `values`, such as the loss, are shown with them.
   * `metrics` are all that was measured at the step, for `assay run --metrics`, which leaves out
   * none; without them it takes the values. Cheap enough for every step.
   */
  readonly progress: (
    step: number,
    total: number,
    values?: Readonly<Record<string, number>>,
    metrics?: Readonly<Record<string, number>>,
  ) => void
}

/**
 * The type of the `run` that the module of a stage exports.
 *
 *   export const run: Run<typeof train> = async ({ inputs, parameters, outputs }) => { … }
 */
export type Run<S> =
  S extends Stage<infer I, infer P, infer O, infer _R> ? (context: Context<I, ParameterValues<P>, O>) => Promise<void> : never
