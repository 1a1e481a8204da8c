import { DataFileError } from "../error.ts"
import { type OpenTable, openTable } from "./open-table.ts"

/** Tables that stay open. */
const mostTables = 4

/** The tables that were asked last, open. */
export interface OpenTables {
  /**
   * Runs `use` on a table, opening it if it is not. A table that turns out damaged is closed: the
   * file may be replaced. Memory is in bytes.
   */
  readonly use: <A>(path: string, memory: number, use: (table: OpenTable) => Promise<A>) => Promise<A>
  readonly close: () => void
}

export const openTables = (): OpenTables => {
  const tables = new Map<string, OpenTable>()
  const forget = (path: string): void => {
    tables.get(path)?.close()
    tables.delete(path)
  }
  const open = async (path: string, memory: number): Promise<OpenTable> => {
    const table = tables.get(path) ?? (await openTable(path, memory))
    // Last in the order of insertion: the first is the one that was not used for longest.
    tables.delete(path)
    tables.set(path, table)
    for (const oldest of [...tables.keys()].slice(0, Math.max(0, tables.size - mostTables))) forget(oldest)
    return table
  }
  return {
    use: async (path, memory, use) => {
      const table = await open(path, memory)
      try {
        return await use(table)
      } catch (error) {
        if (error instanceof DataFileError) forget(path)
        throw error
      }
    },
    close: () => {
      for (const path of [...tables.keys()]) forget(path)
    },
  }
}
