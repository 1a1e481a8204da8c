/** State in the query string of the address: it survives a reload, and can be sent to somebody. */

/** How a value is written in an address. */
export interface Codec<A> {
  /** Null where the address has none, or one that is not valid. */
  readonly read: (text: string | null) => A
  /** Null where it need not be written. */
  readonly write: (value: A) => string | null
}

export const textParam = (fallback = ""): Codec<string> => ({
  read: (text) => text ?? fallback,
  write: (value) => (value === fallback ? null : value),
})

export const choiceParam = <const A extends string>(choices: ReadonlyArray<A>, fallback: A): Codec<A> => ({
  read: (text) => choices.find((choice) => choice === text) ?? fallback,
  write: (value) => (value === fallback ? null : value),
})

export const flagParam: Codec<boolean> = { read: (text) => text === "1", write: (value) => (value ? "1" : null) }

export const numberParam = (fallback: number | null): Codec<number | null> => ({
  read: (text) => (text === null || text === "" || !Number.isFinite(Number(text)) ? fallback : Number(text)),
  write: (value) => (value === null || value === fallback ? null : String(value)),
})

/** Texts separated by commas; a comma or a percent sign inside of one is escaped. */
export const listParam: Codec<ReadonlyArray<string>> = {
  read: (text) => (text === null || text === "" ? [] : text.split(",").map((item) => item.replaceAll("%2C", ",").replaceAll("%25", "%"))),
  write: (items) => (items.length === 0 ? null : items.map((item) => item.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",")),
}

/** By which column a table is sorted, such as `seconds` or `-seconds`. */
export interface Sort<C extends string = string> {
  readonly column: C
  readonly descending: boolean
}

export const sortParam = <const C extends string>(columns: ReadonlyArray<C>, fallback: Sort<C> | null): Codec<Sort<C> | null> => {
  const write = (sort: Sort<C> | null) => (sort === null ? "none" : `${sort.descending ? "-" : ""}${sort.column}`)
  return {
    read: (text) => {
      if (text === null) return fallback
      const descending = text.startsWith("-")
      const column = columns.find((name) => name === (descending ? text.slice(1) : text))
      if (column !== undefined) return { column, descending }
      return text === "none" ? null : fallback
    },
    write: (sort) => (write(sort) === write(fallback) ? null : write(sort)),
  }
}

/** A query string, with its question mark, in which some parameters are set; null removes one. */
export const withParams = (search: string, changes: Readonly<Record<string, string | null>>): string => {
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) params.delete(name)
    else params.set(name, value)
  }
  const text = params.toString()
  return text === "" ? "" : `?${text}`
}
