/** Asks a server that does not answer again and again, and loads everything afresh when it does. */

import { useQueryClient } from "@tanstack/react-query"
import { useEffect } from "react"
import { getProject } from "../api/client.ts"
import { type Connection, useConnection } from "../api/connection.ts"

const waitMs = 2_000

export const useReconnect = (): Connection => {
  const connection = useConnection()
  const client = useQueryClient()
  useEffect(() => {
    if (connection !== "lost") return
    let stopped = false
    let timer: number | undefined
    const ask = async () => {
      const answers = await getProject().then(
        () => true,
        () => false,
      )
      if (answers) void client.invalidateQueries()
      else if (!stopped) timer = window.setTimeout(ask, waitMs)
    }
    timer = window.setTimeout(ask, waitMs)
    return () => {
      stopped = true
      window.clearTimeout(timer)
    }
  }, [connection, client])
  return connection
}
