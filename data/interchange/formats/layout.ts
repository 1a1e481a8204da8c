import type { Mapping } from "../mapping.ts"

/** A public format, as a reader of the reference finds it. */
export interface Layout {
  readonly title: string
  /** Data sets and tools that have it. */
  readonly of: ReadonlyArray<string>
  /** What a reader might not expect. */
  readonly note?: string
  /** How its records are read. Absent where code of its own reads them. */
  readonly mapping?: Mapping
}
