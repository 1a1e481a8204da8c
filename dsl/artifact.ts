import type { Columns } from "./column.ts"
import type { StageNode } from "./declaration.ts"

/** A table: rows of the given columns, stored as Parquet. */
export interface TableType<Name extends string = string, C extends Columns = Columns> {
  readonly kind: "table"
  readonly name: Name
  readonly columns: C
}

/** A folder of named files: a policy, a judge, a figure. */
export interface FilesType<Name extends string = string> {
  readonly kind: "files"
  readonly name: Name
}

export type ArtifactType = TableType | FilesType

export const table = <const Name extends string, const C extends Columns>(name: Name, columns: C): TableType<Name, C> => ({
  kind: "table",
  name,
  columns,
})

export const files = <const Name extends string>(name: Name): FilesType<Name> => ({ kind: "files", name })

/** Where an artifact comes from: an output of a stage, or a file from outside. */
export type Origin =
  | { readonly kind: "output"; readonly stage: StageNode; readonly output: string }
  | { readonly kind: "file"; readonly path: string }

const mark: unique symbol = Symbol.for("assay/Artifact") as never

/** A reference to an artifact that need not exist yet. */
export interface Artifact<T extends ArtifactType = ArtifactType> {
  readonly [mark]: true
  readonly type: T
  readonly origin: Origin
  /** The id that `named` gives to the stage behind it. */
  readonly id?: string
}

export const artifact = <T extends ArtifactType>(type: T, origin: Origin, id?: string): Artifact<T> => ({
  [mark]: true,
  type,
  origin,
  ...(id === undefined ? {} : { id }),
})

export const isArtifact = (value: unknown): value is Artifact => typeof value === "object" && value !== null && mark in value

/** Any file from outside. */
export const File = files("file")

/**
 * A file from outside, identified by its content. A relative path is taken from the project root; `assay:` in front of it
 * means a file that is shipped with Assay. Given a type, the file is an artifact of it: a Parquet file of a table's columns
 * (others may be there too), or the only file of a folder.
 */
export const file = <T extends ArtifactType = typeof File>(path: string, type?: T): Artifact<T> =>
  artifact((type ?? File) as T, { kind: "file", path })
