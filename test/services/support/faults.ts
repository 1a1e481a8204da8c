import * as http from "node:http"
import type * as net from "node:net"
import { onTestFinished } from "vitest"

/** What a faulty connection does to one request. */
export type Fault =
  /** The connection is closed without an answer. */
  | { readonly type: "drop" }
  /** What it asks for is done, and the connection is closed without an answer. */
  | { readonly type: "lose" }
  /** An answer with that status, and perhaps Retry-After in seconds. */
  | { readonly type: "refuse"; readonly status: number; readonly code: string; readonly retryAfter?: number }
  /** The answer comes so much later. */
  | { readonly type: "delay"; readonly ms: number }
  /** So many bytes of the answer's body arrive, then the connection ends. */
  | { readonly type: "cut"; readonly afterBytes: number }
  /** The answer says that its body is so long, and is: a proxy on the way has lost the rest. */
  | { readonly type: "truncate"; readonly toBytes: number }

export interface Request {
  readonly method: string
  readonly url: string
}

/** A proxy in front of a server, which injects faults and counts requests. */
export interface FaultyServer {
  readonly endpoint: string
  readonly requests: Array<Request>
  /** What happens to a request; null lets it pass. */
  fault: (request: Request) => Fault | null
  /** Stops listening for `ms` milliseconds; a second call in that time does nothing. */
  readonly down: (ms: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** One that is closed with the test. */
export const faultyServer = async (target: string): Promise<FaultyServer> => {
  const server = await openFaultyServer(target)
  onTestFinished(server.close)
  return server
}

/** `host` is the address that it listens on. */
export const openFaultyServer = async (target: string, host = "127.0.0.1"): Promise<FaultyServer> => {
  const { hostname, port } = new URL(target)
  const sockets = new Set<net.Socket>()
  const state = { fault: (_: Request): Fault | null => null, requests: [] as Array<Request> }

  const server = http.createServer((request, response) => {
    const seen: Request = { method: request.method ?? "", url: request.url ?? "" }
    state.requests.push(seen)
    const fault = state.fault(seen)
    if (fault?.type === "drop") return void request.socket.destroy()
    if (fault?.type === "refuse") {
      request.resume()
      const headers = {
        "content-type": "application/xml",
        ...(fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) }),
      }
      return void response.writeHead(fault.status, headers).end(`<Error><Code>${fault.code}</Code><Message>injected</Message></Error>`)
    }
    const passed = http.request({ hostname, port, method: seen.method, path: seen.url, headers: request.headers }, (answer) => {
      if (fault?.type === "lose") {
        answer.resume()
        return void answer.on("end", () => response.destroy())
      }
      const headers = { ...answer.headers }
      if (fault?.type === "truncate") headers["content-length"] = String(fault.toBytes)
      const begin = () => {
        response.writeHead(answer.statusCode ?? 500, headers)
        let left = fault?.type === "cut" ? fault.afterBytes : fault?.type === "truncate" ? fault.toBytes : Number.POSITIVE_INFINITY
        answer.on("data", (chunk: Buffer) => {
          const part = chunk.subarray(0, Math.min(chunk.length, left))
          left -= part.length
          response.write(part)
          if (left > 0) return
          answer.destroy()
          if (fault?.type === "truncate") response.end()
          else setTimeout(() => response.destroy(), 20)
        })
        answer.on("end", () => response.end())
      }
      if (fault?.type === "delay") setTimeout(begin, fault.ms)
      else begin()
    })
    passed.on("error", () => response.destroy())
    request.pipe(passed)
  })
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
  })
  const listen = (at: number): Promise<number> =>
    new Promise((resolve) => server.listen(at, host, () => resolve((server.address() as net.AddressInfo).port)))
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  const at = await listen(0)
  let back: NodeJS.Timeout | null = null
  return Object.assign(state, {
    endpoint: `http://${host}:${at}`,
    down: async (ms: number) => {
      if (back !== null) return
      back = setTimeout(() => {
        back = null
        void listen(at)
      }, ms)
      await stop()
    },
    close: async () => {
      if (back === null) return stop()
      clearTimeout(back)
    },
  })
}
