/** `/api/runs`, `/api/diff`: what ran, and what is known of it. */

import { Effect } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { Runs, Settings } from "../../runtime/index.ts"
import { answering, BadQuestion } from "../answer.ts"
import type { Project, RunDetails } from "../api.ts"
import { pathParameter, requiredParameter, searchParameter } from "../parameters.ts"
import { findOutput } from "../tables/stored.ts"
import { compare } from "./changes.ts"
import { stagesOf } from "./details.ts"
import { differenceOf } from "./difference.ts"
import { findRun, summarise } from "./find.ts"
import { lineageOf } from "./lineage.ts"
import { detailsOf } from "./stage.ts"
import { viewOf } from "./view.ts"

/** The run that the path names, with its results. */
const viewed = Effect.flatMap(Effect.flatMap(pathParameter("run"), findRun), viewOf)

const routes = (version: string) => [
  HttpRouter.route(
    "GET",
    "/api/project",
    answering(Effect.map(Settings, ({ store, projectRoot }): Project => ({ store, folder: projectRoot, version }))),
  ),
  HttpRouter.route(
    "GET",
    "/api/runs",
    answering(
      Effect.gen(function* () {
        const { all } = yield* Runs
        return yield* Effect.forEach(yield* all, summarise)
      }),
    ),
  ),
  HttpRouter.route(
    "GET",
    "/api/runs/:run",
    answering(
      Effect.gen(function* () {
        const view = yield* viewed
        const details: RunDetails = { ...(yield* summarise(view.record)), stages: yield* stagesOf(view) }
        return details
      }),
    ),
  ),
  HttpRouter.route(
    "GET",
    "/api/runs/:run/stages/:id",
    answering(
      Effect.gen(function* () {
        return yield* detailsOf(yield* viewed, yield* pathParameter("id"))
      }),
    ),
  ),
  HttpRouter.route(
    "GET",
    "/api/runs/:run/lineage",
    answering(
      Effect.gen(function* () {
        const view = yield* viewed
        const { stored } = yield* findOutput({ key: yield* requiredParameter("key"), output: yield* requiredParameter("output") })
        const row = yield* searchParameter("row")
        if (row !== null && !/^\d{1,15}$/.test(row))
          return yield* new BadQuestion({ message: `row is "${row}": expected a whole number from 0` })
        return yield* lineageOf(view, stored.digest, row === null ? null : Number(row))
      }),
    ),
  ),
  HttpRouter.route(
    "GET",
    "/api/diff",
    answering(
      Effect.gen(function* () {
        const [before, after] = [yield* findRun(yield* requiredParameter("before")), yield* findRun(yield* requiredParameter("after"))]
        const { difference } = yield* compare(before, after)
        return differenceOf(difference, { before: yield* summarise(before), after: yield* summarise(after) })
      }),
    ),
  ),
]

export const runRoutes = (version: string) => HttpRouter.addAll(routes(version))
