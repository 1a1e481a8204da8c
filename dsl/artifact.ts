import { type Columns, columnTypes } from "./column.ts"
import type { StageNode } from "./declaration.ts"
import { DeclarationError } from "./error.ts"

/** A table: rows of the given columns, stored as Parquet. */
export interface TableType<Name extends string = string, C extends Columns = Columns> {
  readonly kind: "table"
  readonly name: Name
  readonly columns: C
  /** For the compiler alone: without it, a table with more columns would pass for one with fewer. */
  readonly "~names"?: keyof C & string
}

/** A folder of named files: a policy, a judge, a figure. */
export interface FilesType<Name extends string = string> {
  readonly kind: "files"
  readonly name: Name
}

/** What flows between stages: a table, or a folder of files. */
export type ArtifactType = TableType | FilesType

/**
 * The type of artifacts that are a table. Columns go by name: `table("lengths", { prompt: "utf8", tokens: "int32?" })`.
 * Throws a DeclarationError for columns of unknown types, and for none.
 */
export const table = <const Name extends string, const C extends Columns>(name: Name, columns: C): TableType<Name, C> => {
  const given = Object.entries(columns)
  if (given.length === 0) throw new DeclarationError({ message: `table "${name}": declares no column` })
  for (const [column, type] of given) {
    if (column === "__proto__")
      throw new DeclarationError({ message: `table "${name}": "__proto__" is not a name for a column: use another` })
    if (columnTypes.includes(type)) continue
    const known = columnTypes.filter((each) => !each.endsWith("?")).join(", ")
    throw new DeclarationError({
      message: `table "${name}": column "${column}" is of type ${JSON.stringify(type)}: give one of ${known}, with "?" behind it where cells may be null`,
    })
  }
  return { kind: "table", name, columns }
}

/**
 * How a type differs from the one that is expected, as the end of a sentence; null where they are the same. Types that were declared
 * apart are the same if they have the same kind, name and columns, these in the same order.
 */
export const typeDifference = (expected: ArtifactType, found: ArtifactType): string | null => {
  if (expected === found) return null
  if (expected.name !== found.name) return `${found.name}, not ${expected.name}`
  if (expected.kind !== "table" || found.kind !== "table")
    return expected.kind === found.kind ? null : `${found.name} as ${kindName(found)}, not as ${kindName(expected)}`
  const another = `another table that is called ${found.name}`
  const [wanted, given] = [Object.entries(expected.columns), Object.entries(found.columns)]
  for (const [column, type] of wanted) {
    const other = Object.hasOwn(found.columns, column) ? found.columns[column] : undefined
    if (other === undefined) return `${another}: it has no column "${column}"`
    if (other !== type) return `${another}: its column "${column}" is ${other}, not ${type}`
  }
  for (const [column] of given) if (!Object.hasOwn(expected.columns, column)) return `${another}: it has a column "${column}" too many`
  const moved = wanted.findIndex(([column], index) => given[index]?.[0] !== column)
  return moved === -1 ? null : `${another}: its column ${moved + 1} is "${given[moved]?.[0]}", not "${wanted[moved]?.[0]}"`
}

const kindName = ({ kind }: ArtifactType): string => (kind === "table" ? "a table" : "files")

/** The type of artifacts that are a folder of files. Two of one name are one type, wherever they are declared. */
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
export const file = <T extends ArtifactType = typeof File>(path: string, type?: T): Artifact<T> => {
  if (typeof path !== "string" || path === "" || path.includes("\0"))
    throw new DeclarationError({
      message: `file(…): ${JSON.stringify(path) ?? String(path)} is not a path: give a text such as "data/notes.txt"`,
    })
  return artifact((type ?? File) as T, { kind: "file", path })
}
