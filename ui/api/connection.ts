/** Whether the server answers: known from every request, and shown by the frame. */

import { useSyncExternalStore } from "react"

export type Connection =
  /** It answers. */
  | "open"
  /** It does not answer, and is asked again and again. */
  | "lost"
  /** It answers that this browser has no token, or an old one. */
  | "refused"

let connection: Connection = "open"
const listeners = new Set<() => void>()

export const getConnection = (): Connection => connection

export const setConnection = (next: Connection): void => {
  if (next === connection) return
  connection = next
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useConnection = (): Connection => useSyncExternalStore(subscribe, getConnection)
