/**
 * What is asked of a stored table to show it as a grid, and what is answered. Types alone, all of
 * them JSON, so that a program in a browser can import them.
 */

/** A cell as JSON. NaN and infinities are "NaN", "Infinity" and "-Infinity", bytes are texts. */
export type Cell = null | boolean | number | string | ReadonlyArray<Cell> | { readonly [key: string]: Cell }

export interface GridColumn {
  readonly name: string
  /** In DuckDB's words: "INTEGER", "VARCHAR", "FLOAT[]". */
  readonly type: string
  /** What can be asked of it; of "other" only what its text answers. */
  readonly kind: ColumnKind
}

export type ColumnKind = "number" | "text" | "boolean" | "list" | "other"

/** What a stored table holds. */
export interface TableDescription {
  readonly columns: ReadonlyArray<GridColumn>
  readonly rows: number
}

export type FilterOperator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "in" | "is null" | "is not null"

/** Of a number also "NaN", "Infinity" and "-Infinity", for which JSON has no numbers. */
export type FilterValue = string | number | boolean

/**
 * A condition on the cells of one column. `contains` is about texts, whatever their case, and about
 * items of lists. `!=` holds wherever `=` does not, so also of null; the other comparisons hold
 * neither of null nor of NaN.
 */
export interface Filter {
  readonly column: string
  /**
   * Whether it is about the length of the cell instead: characters of a text, items of a list.
   */
  readonly length?: boolean | undefined
  readonly op: FilterOperator
  /** Several for "in"; none for "is null" and "is not null". */
  readonly value?: FilterValue | ReadonlyArray<FilterValue> | undefined
}

/** Null and NaN come last in both directions; lists are sorted by their lengths. */
export interface Sort {
  readonly column: string
  readonly direction: "ascending" | "descending"
  /** Whether a text is sorted by its length in characters. */
  readonly length?: boolean | undefined
}

/** Some rows of a table: those that all filters hold of. */
export interface Selection {
  readonly filters?: ReadonlyArray<Filter> | undefined
  /** Some column of text contains it, whatever its case. */
  readonly search?: string | undefined
}

/** Some rows in an order; rows that no sort tells apart are in that of the table. */
export interface SortedSelection extends Selection {
  /** The first decides, the next where it does not. */
  readonly sort?: ReadonlyArray<Sort> | undefined
}

export interface PageRequest extends SortedSelection {
  /** Default: all, in the order of the table. */
  readonly columns?: ReadonlyArray<string> | undefined
  /** Rows of the selection before the first one of the page. */
  readonly offset: number
  /** Rows of the page: 10,000 at most. */
  readonly limit: number
  /** Characters of a text, items of a list, that are wanted of a cell. Default: 1,000. */
  readonly cell?: number | undefined
}

export interface PageRow {
  /** The row's number in the stored table, from 0. */
  readonly row: number
  /** In the order of the page's columns. */
  readonly cells: ReadonlyArray<Cell>
  /** Indexes of the cells that were cut; absent if none was. */
  readonly cut?: ReadonlyArray<number>
}

export interface Page {
  readonly columns: ReadonlyArray<GridColumn>
  readonly offset: number
  readonly rows: ReadonlyArray<PageRow>
  /** Rows of the selection. */
  readonly total: number
}

export interface HistogramRequest extends Selection {
  readonly column: string
}

/** Values from `from` up to, but not including, `to`; the last bin includes it. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/**
 * How the cells of a column are distributed. Numbers come in at most 30 bins of equal width with
 * round edges, or as values if there are no more than 20; booleans, and texts of no more than 1,000
 * different values, as the 20 most frequent of these; other texts and lists by their lengths.
 */
export type Histogram = {
  readonly column: string
  /** Rows of the selection, and how many of them are null or NaN. */
  readonly rows: number
  readonly nulls: number
  readonly nan: number
} & (
  | { readonly kind: "numbers"; readonly bins: ReadonlyArray<Bin>; readonly infinite: number }
  | { readonly kind: "lengths"; readonly unit: "characters" | "items"; readonly bins: ReadonlyArray<Bin> }
  | {
      readonly kind: "values"
      /** Numbers in their order, all others by their frequency. */
      readonly values: ReadonlyArray<{ readonly value: Cell; readonly count: number }>
      /** How many different values there are, and the rows of those that are not listed. */
      readonly distinct: number
      readonly others: number
    }
)

export interface StatisticsRequest extends Selection {
  /** Default: all. */
  readonly columns?: ReadonlyArray<string> | undefined
}

export interface TableStatistics {
  /** Rows of the selection. */
  readonly rows: number
  readonly columns: ReadonlyArray<ColumnStatistics>
}

/** Of a list, its length is described. */
export interface ColumnStatistics {
  readonly column: string
  readonly nulls: number
  readonly nan: number
  /** About how many different values there are. */
  readonly distinct: number
  /** The smallest and largest value but NaN, texts cut; null where there is none. */
  readonly min: Cell
  readonly max: Cell
  /** Of finite numbers and of lengths; of booleans the share of true; null of all else. */
  readonly mean: number | null
}

export type DownloadFormat = "csv" | "jsonl" | "parquet"

export interface DownloadRequest extends SortedSelection {
  /** Default: all, in the order of the table. */
  readonly columns?: ReadonlyArray<string> | undefined
  readonly format: DownloadFormat
}
