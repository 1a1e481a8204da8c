/**
 * What goes wrong with data. Plain classes with a `_tag`, so that Effect's `catchTag` knows them
 * and a process that only moves rows need not load Effect.
 */

/** A file that cannot be opened, is not what it should be, or is damaged. */
export class DataFileError extends Error {
  readonly _tag = "DataFileError"
  readonly file: string
  readonly reason: string
  constructor(file: string, reason: string, cause?: unknown) {
    super(`${file}: ${reason}`, { cause })
    this.name = "DataFileError"
    this.file = file
    this.reason = reason
  }
}

/**
 * A column that is missing, of another type, or holds what its type does not allow. `row` counts
 * from 0 where one cell is to blame.
 */
export class ColumnError extends Error {
  readonly _tag = "ColumnError"
  readonly file: string
  readonly column: string
  readonly row: number | undefined
  readonly reason: string
  constructor(file: string, column: string, reason: string, row?: number) {
    super(`${file}: column "${column}"${row === undefined ? "" : `, row ${row}`}: ${reason}`)
    this.name = "ColumnError"
    this.file = file
    this.column = column
    this.row = row
    this.reason = reason
  }
}

/**
 * A line of an interchange file that cannot be taken in. `line` counts from 1; `field` is named
 * where one is to blame.
 */
export class LineError extends Error {
  readonly _tag = "LineError"
  readonly file: string
  readonly line: number
  readonly field: string | undefined
  constructor(file: string, line: number, field: string | undefined, reason: string) {
    super(`${file}:${line}: ${field === undefined ? "" : `field "${field}": `}${reason}`)
    this.name = "LineError"
    this.file = file
    this.line = line
    this.field = field
  }
}

/**
 * A tensor container whose bytes are not what its header says. `tensor` is named where one is to
 * blame.
 */
export class TensorError extends Error {
  readonly _tag = "TensorError"
  readonly tensor: string | undefined
  constructor(reason: string, tensor?: string) {
    super(`safetensors: ${tensor === undefined ? "" : `tensor "${tensor}": `}${reason}`)
    this.name = "TensorError"
    this.tensor = tensor
  }
}

/**
 * SQL that is refused: "invalid" (the database does not understand it or cannot run it), "several"
 * (more than one statement), "empty" (none), "not-select" (anything that is not a query),
 * "too-large" (an answer that may not be cut and is longer than its limits), "memory" (it needs
 * more than it may have), "time" (it takes longer than it may), "busy" (too many others wait).
 */
export class QueryError extends Error {
  readonly _tag = "QueryError"
  readonly reason: "invalid" | "several" | "empty" | "not-select" | "too-large" | "memory" | "time" | "busy"
  constructor(reason: QueryError["reason"], message: string, cause?: unknown) {
    super(message, { cause })
    this.name = "QueryError"
    this.reason = reason
  }
}

/**
 * A filter, as a person types it, that cannot be understood. `position` is where, in characters
 * from 0.
 */
export class FilterError extends Error {
  readonly _tag = "FilterError"
  readonly position: number
  constructor(position: number, reason: string) {
    super(`character ${position + 1}: ${reason}`)
    this.name = "FilterError"
    this.position = position
  }
}
