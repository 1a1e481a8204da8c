/** `/api/generations`: what is asked of the texts that policies wrote. */

import { Effect, Schema } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { answering } from "../answer.ts"
import { bodyOf } from "../body.ts"
import { pathParameter } from "../parameters.ts"
import { findRun } from "../runs/find.ts"
import { viewOf } from "../runs/view.ts"
import { generationsOf, responseSetsOf, sourcesOf } from "./generations.ts"

const ResponseSet = Schema.Struct({
  key: Schema.String,
  output: Schema.String,
  step: Schema.optionalKey(Schema.Int),
  against: Schema.optionalKey(Schema.String),
})
const Request = Schema.Struct({
  run: Schema.String,
  responseSets: Schema.Array(ResponseSet).check(Schema.isMinLength(1), Schema.isMaxLength(32)),
  order: Schema.Literals(["prompt", "gain", "disagreement", "longest", "shortest", "log-ratio"]),
  of: Schema.optionalKey(Schema.Int),
  search: Schema.optionalKey(Schema.String),
  prompt: Schema.optionalKey(Schema.String),
  offset: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })),
})

const sources = Effect.gen(function* () {
  return sourcesOf(yield* viewOf(yield* findRun(yield* pathParameter("run"))))
})

const responseSets = Effect.gen(function* () {
  return yield* responseSetsOf({ key: yield* pathParameter("key"), output: yield* pathParameter("output") })
})

const generations = Effect.gen(function* () {
  const { run, ...request } = yield* bodyOf(Request)
  return yield* generationsOf(yield* findRun(run), request)
})

export const generationRoutes = HttpRouter.addAll([
  HttpRouter.route("GET", "/api/runs/:run/generations", answering(sources)),
  HttpRouter.route("GET", "/api/results/:key/:output/response-sets", answering(responseSets)),
  HttpRouter.route("POST", "/api/generations", answering(generations)),
])
