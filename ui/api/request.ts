/** Asks the server, and makes an ApiError of everything that is not an answer. */

import { setConnection } from "./connection.ts"
import { ApiError } from "./error.ts"

/** The address of a path of the contract. */
export const addressOf = (path: string): string => `/api${path}`

/** A path whose parts come from data: `path` is a template tag that encodes what is filled in. */
export const path = (texts: TemplateStringsArray, ...parts: ReadonlyArray<string>): string =>
  texts.map((text, index) => `${text}${index < parts.length ? encodeURIComponent(parts[index] ?? "") : ""}`).join("")

export const get = <A>(path: string, signal?: AbortSignal): Promise<A> => request(path, { method: "GET" }, signal)

export const post = <A>(path: string, body: unknown, signal?: AbortSignal): Promise<A> =>
  request(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }, signal)

const request = async <A>(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<A> => {
  const response = await fetch(addressOf(path), { ...init, ...(signal === undefined ? {} : { signal }) }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    setConnection("lost")
    throw new ApiError(0, "NoAnswer", "The server does not answer. Is `assay ui` still running? This page asks again until it is.")
  })
  setConnection(response.status === 401 ? "refused" : "open")
  const text = await response.text().catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new ApiError(0, "NoAnswer", "The server stopped in the middle of an answer. Is `assay ui` still running?")
  })
  const body = parse(text)
  if (response.ok && body !== undefined) return body as A
  if (isErrorBody(body)) throw new ApiError(response.status, body.error, body.message)
  throw new ApiError(
    response.status,
    "BadAnswer",
    response.ok
      ? `The server answered ${addressOf(path)} with something that is not JSON.`
      : text.trim() || `The server answered ${addressOf(path)} with status ${response.status}.`,
  )
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isErrorBody = (body: unknown): body is { readonly error: string; readonly message: string } =>
  typeof body === "object" && body !== null && "error" in body && "message" in body && typeof body.message === "string"
