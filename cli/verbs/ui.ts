import { spawn } from "node:child_process"
import { Effect, Option } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { Queries } from "../../runtime/index.ts"
import { newToken } from "../../serve/guard.ts"
import { serve } from "../../serve/server.ts"
import { clientFolder } from "../client-folder.ts"
import { UsageError } from "../error.ts"
import { interruption } from "../interruption.ts"
import type { Options } from "../options.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { withRuntime } from "./with-runtime.ts"

/** Serves until it is interrupted. */
export const ui = Effect.fn("assay ui")(
  function* ({ port, host, open, json }: Options<"ui">) {
    interruption.message = "interrupted; the page is no longer served"
    const wanted = Option.getOrElse(port, () => 0)
    if (wanted < 0 || wanted > 65_535)
      return yield* new UsageError({ message: `--port is ${wanted}: expected a number from 0 to 65535; 0 is any free port` })
    const client = yield* clientFolder
    const server = yield* serve({ host, port: wanted, client, token: newToken(), version: manifest.version }).pipe(
      Effect.catchTag("ServeError", ({ cause }) =>
        Effect.fail(new UsageError({ message: `cannot listen on ${host}, port ${wanted}: ${reasonOf(cause as NodeJS.ErrnoException)}` })),
      ),
    )
    if (json) yield* printJson(server)
    else yield* print(server.address)
    if (!isLoopback(host))
      yield* remark(
        `warning: ${host} can be reached from other machines, without encryption: everybody who has the address can read the store`,
      )
    if (open) yield* openBrowser(server.address)
    return yield* Effect.never
  },
  Effect.scoped,
  Effect.provide(Queries.layer()),
  withRuntime,
)

/** Why a port cannot be listened on, and what to do. */
const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => {
  if (code === "EADDRINUSE") return "another program listens there; name another port with --port, or leave it out for a free one"
  if (code === "EACCES") return "this user may not; name a port from 1024 on with --port, or leave it out for a free one"
  return `${message}; name an address of this machine with --host`
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127\./.test(host)

const openers: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open", win32: "explorer" }

/** Asks the desktop to open a page, where there is one. */
const openBrowser = (address: string) =>
  Effect.sync(() => {
    const hasDesktop = process.platform !== "linux" || process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined
    if (!hasDesktop) return
    const child = spawn(openers[process.platform] ?? "xdg-open", [address], { stdio: "ignore", detached: true })
    child.on("error", () => {})
    child.unref()
  })
