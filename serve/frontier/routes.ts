/** `/api/runs/:run/frontiers`: win rate against KL, as figures of the run have it. */

import { Effect } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { answering } from "../answer.ts"
import { pathParameter } from "../parameters.ts"
import { findRun } from "../runs/find.ts"
import { viewOf } from "../runs/view.ts"
import { frontiersOf } from "./frontiers.ts"

const frontiers = Effect.gen(function* () {
  return yield* frontiersOf(yield* viewOf(yield* findRun(yield* pathParameter("run"))))
})

export const frontierRoutes = HttpRouter.addAll([HttpRouter.route("GET", "/api/runs/:run/frontiers", answering(frontiers))])
