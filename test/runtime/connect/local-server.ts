import * as http from "node:http"
import type { AddressInfo, Socket } from "node:net"

/** A request as a server has received it. */
export interface Received {
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  /** Parsed. */
  readonly body: { readonly [key: string]: unknown }
  /** How many requests came before it. */
  readonly index: number
}

export interface LocalServer {
  readonly url: string
  readonly received: ReadonlyArray<Received>
  /** The most requests that were on their way at once. */
  readonly mostAtOnce: () => number
  /** Requests whose connection was closed before their answer. */
  readonly aborted: () => number
  /** Closes every connection, and refuses others until it is started again. */
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
}

type Handler = (request: Received, response: http.ServerResponse, socket: Socket) => void

/** A server of this process, on a port of its own. */
export const localServer = async (handle: Handler): Promise<LocalServer & AsyncDisposable> => {
  const received: Array<Received> = []
  let [open, most, aborted] = [0, 0, 0]
  const make = () =>
    http.createServer((request, response) => {
      const chunks: Array<Buffer> = []
      open += 1
      most = Math.max(most, open)
      response.on("close", () => {
        open -= 1
        if (!response.writableEnded) aborted += 1
      })
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Received["body"]
        const one = { path: request.url ?? "", headers: request.headers, body, index: received.length }
        received.push(one)
        handle(one, response, request.socket)
      })
    })
  let server = make()
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const stop = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    return closed
  }
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    mostAtOnce: () => most,
    aborted: () => aborted,
    stop,
    start: () => {
      server = make()
      return listen(port)
    },
    [Symbol.asyncDispose]: stop,
  }
}

/** Answers with JSON. */
export const answer = (response: http.ServerResponse, value: unknown, status = 200, headers: http.OutgoingHttpHeaders = {}): void => {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value))
}
