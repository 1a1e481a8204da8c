/** What the address of a request says. */

import { Effect } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { BadQuestion } from "./answer.ts"

/** A parameter of the path, as it was before it was encoded. */
export const pathParameter = (name: string) => Effect.map(HttpRouter.params, (params) => params[name] ?? "")

/** A parameter of the query; null if it is not there. */
export const searchParameter = (name: string) =>
  Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) => new URL(url, "http://host").searchParams.get(name))

export const requiredParameter = Effect.fnUntraced(function* (name: string) {
  const value = yield* searchParameter(name)
  return value ?? (yield* new BadQuestion({ message: `the address lacks "${name}"` }))
})
