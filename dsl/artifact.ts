import { type Columns, columnTypes } from "./column.ts"
import type { StageNode } from "./declaration.ts"
import { DeclarationError } from "./error.ts"

/** The type of a table artifact: rows with the given columns, stored as Parquet. */
export interface TableType<Name extends string = string, C extends Columns = Columns> {
  readonly kind: "table"
  readonly name: Name
  readonly columns: C
  /**
   * Only for the type checker: without it, a table with more columns would pass for one with fewer.
   */
  readonly "~names"?: keyof C & string
}

/** The type of a files artifact: a folder of named files, such as a policy, a judge or a figure. */
export interface FilesType<Name extends string = string> {
  readonly kind: "files"
  readonly name: Name
}

/** What an artifact can be: a table or a folder of files. */
export type ArtifactType = TableType | FilesType

/**
 * Declares a table type for the inputs and outputs of stages. A column's type is `bool`, `int32`,
 * `float32`, `float64`, `utf8`, `list<int32>` or `list<float32>`; a trailing `?` allows null in its
 * cells.
 *
 *   const Scores = table("scores", { prompt_id: "int32", response: "utf8", score: "float64?" })
 *
 * Throws a DeclarationError if there are no columns or a column's type is unknown.
 */
export const table = <const Name extends string, const C extends Columns>(name: Name, columns: C): TableType<Name, C> => {
  const entries = Object.entries(columns)
  if (entries.length === 0)
    throw new DeclarationError({ message: `table "${name}" has no columns: declare at least one, such as { text: "utf8" }` })
  for (const [column, type] of entries) {
    if (column === "__proto__")
      throw new DeclarationError({ message: `table "${name}": a column cannot be named "__proto__": choose another name` })
    if (columnTypes.includes(type)) continue
    const allowed = columnTypes.filter((columnType) => !columnType.endsWith("?")).join(", ")
    throw new DeclarationError({
      message: `table "${name}": column "${column}" has the unknown type ${JSON.stringify(type)}: use one of ${allowed}, followed by "?" if cells may be null`,
    })
  }
  return { kind: "table", name, columns }
}

/**
 * How a type differs from the expected one, worded to follow "got"; null if they are the same. Two
 * declarations are the same type if they have the same kind, name and columns, in the same order.
 */
export const typeDifference = (expected: ArtifactType, found: ArtifactType): string | null => {
  if (expected === found) return null
  if (expected.name !== found.name) return found.name
  if (expected.kind !== "table" || found.kind !== "table")
    return expected.kind === found.kind ? null : `${found.name} as ${kindName(found)} instead of ${kindName(expected)}`
  const namesake = `a different table named ${found.name}`
  const [expectedColumns, foundColumns] = [Object.entries(expected.columns), Object.entries(found.columns)]
  for (const [column, expectedType] of expectedColumns) {
    const foundType = Object.hasOwn(found.columns, column) ? found.columns[column] : undefined
    if (foundType === undefined) return `${namesake}, without column "${column}"`
    if (foundType !== expectedType) return `${namesake}, whose column "${column}" is ${foundType} instead of ${expectedType}`
  }
  for (const [column] of foundColumns) if (!Object.hasOwn(expected.columns, column)) return `${namesake}, with an extra column "${column}"`
  const moved = expectedColumns.findIndex(([column], index) => foundColumns[index]?.[0] !== column)
  if (moved === -1) return null
  return `${namesake}, whose column ${moved + 1} is "${foundColumns[moved]?.[0]}" instead of "${expectedColumns[moved]?.[0]}"`
}

const kindName = ({ kind }: ArtifactType): string => (kind === "table" ? "a table" : "files")

/**
 * Declares a files type for the inputs and outputs of stages: a folder of files, identified by
 * their names and bytes.
 *
 *   const Report = files("report")
 */
export const files = <const Name extends string>(name: Name): FilesType<Name> => ({ kind: "files", name })

/** Where an artifact comes from: an output of a stage, or a file that no stage produces. */
export type Origin =
  | { readonly kind: "output"; readonly stage: StageNode; readonly output: string }
  | { readonly kind: "file"; readonly path: string }

const mark: unique symbol = Symbol.for("assay/Artifact") as never

/**
 * A typed reference to an artifact, which need not exist yet. Calling a stage or `file` returns
 * one.
 */
export interface Artifact<T extends ArtifactType = ArtifactType> {
  readonly [mark]: true
  readonly type: T
  readonly origin: Origin
  /** The id that `named` gives to the stage that produces it. */
  readonly id?: string
}

export const artifact = <T extends ArtifactType>(type: T, origin: Origin, id?: string): Artifact<T> => ({
  [mark]: true,
  type,
  origin,
  ...(id === undefined ? {} : { id }),
})

export const isArtifact = (value: unknown): value is Artifact => typeof value === "object" && value !== null && mark in value

/**
 * The type of `file(path)` if no type is given: one file of any format, or all files of a folder.
 */
export const File = files("file")

/**
 * An existing file, or a folder with all files in it, as an artifact that is identified by its
 * content: editing the file, or adding one to the folder, reruns the stages that use it. A relative
 * path starts at the project root; `assay:<path>` is a file that ships with Assay. Of a folder the
 * files are named by their paths from it, in their order; hidden ones are left out. A `*` in the
 * last part of a path, or alternatives (`{a,b}`), stand for those files of a folder whose names
 * match. With a `type`, it stands for an artifact of that type: a Parquet file with at least the
 * table's columns; a folder, or the only file of one.
 *
 *   const notes = file("data/notes.txt")
 *   const scores = file("data/scores.parquet", Scores)
 *   const dataset = file("data/my-dataset")
 *   const shards = file("data/part-*.parquet")
 *
 * Throws a DeclarationError if `path` is not a path. The file is first read when the pipeline is
 * planned or run.
 */
export const file = <T extends ArtifactType = typeof File>(path: string, type?: T): Artifact<T> => {
  if (typeof path !== "string" || path === "" || path.includes("\0"))
    throw new DeclarationError({
      message: `file(…) expects a path, got ${JSON.stringify(path) ?? String(path)}: pass a string such as "data/notes.txt"`,
    })
  return artifact((type ?? File) as T, { kind: "file", path })
}
