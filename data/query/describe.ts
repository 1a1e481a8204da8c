import { confined } from "./confined.ts"
import { small } from "./limits.ts"
import { columnsOf, type QueryResult } from "./query.ts"

export interface Description {
  readonly rows: number
  readonly columns: QueryResult["columns"]
}

/**
 * What a Parquet file holds, from its footer alone. Fails with a DataFileError if it cannot be
 * opened.
 */
export const describe = (path: string): Promise<Description> =>
  confined({ artifact: [path] }, small.memory, async (connection) => {
    const head = await connection.prepare("SELECT * FROM artifact")
    const count = await connection.runAndReadAll("SELECT count(*) FROM artifact")
    return { rows: Number(count.value(0, 0)), columns: columnsOf(head).map(({ name, type }) => ({ name, type: String(type) })) }
  })
