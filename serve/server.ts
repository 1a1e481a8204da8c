/** The server behind `assay ui`: the store of a project, read-only, for one browser. */

import * as http from "node:http"
import * as os from "node:os"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Cause, Effect, Layer } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { NotThere, responding } from "./answer.ts"
import { clientRoutes } from "./client.ts"
import { curveRoutes } from "./curves/routes.ts"
import { frontierRoutes } from "./frontier/routes.ts"
import { generationRoutes } from "./generations/routes.ts"
import { type Admission, guarded } from "./guard.ts"
import { liveRoutes } from "./live/routes.ts"
import { runRoutes } from "./runs/routes.ts"
import { tableRoutes } from "./tables/routes.ts"

export interface ServerOptions {
  /** The address to listen on, an IP address. */
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** The folder of the built client. */
  readonly client: string
  readonly token: string
  readonly version: string
}

/** What is under no other path. */
const nothing = HttpRouter.add(
  "*",
  "/api/*",
  responding(Effect.fail(new NotThere({ message: "the server knows no such path; the page may be of another version: load it again" }))),
)

/** What no route answers: other methods, and addresses that cannot be decoded. */
const unrouted = <E>(cause: Cause.Cause<E>) =>
  Cause.hasInterruptsOnly(cause)
    ? Effect.interrupt
    : responding(Effect.fail(new NotThere({ message: "the server offers nothing at this address, or not by this method" })))

/** A host as browsers spell it in an address. */
const nameOf = (host: string): string => new URL(`http://${host.includes(":") ? `[${host}]` : host}`).hostname

/** Addresses that stand for all that a machine has. */
const wildcards: ReadonlySet<string> = new Set(["0.0.0.0", "[::]"])

/** What a browser calls the server: no name that another site could have. */
const hostsOf = (host: string, port: number): ReadonlyArray<string> => {
  const named = nameOf(host)
  const interfaces = wildcards.has(named) ? Object.values(os.networkInterfaces()).flatMap((list) => list ?? []) : []
  const names = [named, "127.0.0.1", "localhost", "[::1]", ...interfaces.map(({ address }) => nameOf(address.split("%")[0] ?? ""))]
  // The port that is meant where none is said.
  return [...new Set(names)].flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))
}

/** Serves until the scope is closed, and gives the address with the token. */
export const serve = Effect.fn("serve")(function* ({ host, port, client, token, version }: ServerOptions) {
  const server = yield* NodeHttpServer.make(() => http.createServer(), { host, port, gracefulShutdownTimeout: 100 })
  const { address } = server
  const bound = "port" in address ? address.port : port
  const named = nameOf(host)
  const admission: Admission = { token, hosts: hostsOf(host, bound), cookie: `assay-${bound}` }
  const app = yield* HttpRouter.toHttpEffect(
    Layer.mergeAll(
      runRoutes(version),
      liveRoutes,
      tableRoutes,
      generationRoutes,
      curveRoutes,
      frontierRoutes,
      clientRoutes(client),
      nothing,
    ),
  )
  yield* server.serve(guarded(admission)(Effect.catchCause(app, unrouted)))
  return { url: `http://${named}:${bound}/`, address: `http://${named}:${bound}/?token=${token}` }
})
