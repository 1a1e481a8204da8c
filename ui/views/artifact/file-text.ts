/** The beginning of a file of an artifact, as text. */

import { queryOptions } from "@tanstack/react-query"
import type { TableRef } from "../../../serve/api.ts"
import { fileAddress } from "../../api/client.ts"
import { ApiError } from "../../api/error.ts"
import { keys } from "../../api/queries.ts"

/** Characters that are shown: more of them make a page slow. */
export const charactersShown = 200_000

export const fileTextQuery = (table: TableRef, name: string) =>
  queryOptions({
    queryKey: [...keys.result(table), "file", name],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const response = await fetch(fileAddress(table, name), { signal })
      const text = await response.text()
      if (!response.ok) throw errorOf(response.status, text)
      return text
    },
  })

const errorOf = (status: number, text: string): ApiError => {
  try {
    const { error, message } = JSON.parse(text) as { readonly error: string; readonly message: string }
    return new ApiError(status, error, message)
  } catch {
    return new ApiError(status, "BadAnswer", text.trim() || `The server answered with status ${status}.`)
  }
}
