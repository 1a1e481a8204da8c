/** The real server over the store of a test's project, and clients of it. */

import * as fs from "node:fs"
import * as http from "node:http"
import * as path from "node:path"
import { Effect } from "effect"
import { afterAll } from "vitest"
import { Queries, type QueriesOptions } from "../../runtime/index.ts"
import { newToken } from "../../serve/guard.ts"
import { serve } from "../../serve/server.ts"
import type { Project } from "../runtime/project.ts"

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
}

export interface Request {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Served {
  readonly project: Project
  readonly url: string
  readonly address: string
  readonly token: string
  readonly port: number
  /** What a browser sends that has shown the token. */
  readonly cookie: string
  /** Asks with exactly this path: nothing in it is resolved or encoded. Rejects a short answer. */
  readonly raw: (path: string, request?: Request) => Promise<Answer>
  /** The same with the cookie. */
  readonly ask: (path: string, request?: Request) => Promise<Answer>
  /** JSON of a path of the API; throws where the status is not 200. */
  readonly get: <A>(path: string) => Promise<A>
  readonly post: <A>(path: string, body: unknown) => Promise<A>
  /** The error of a path of the API, with its status. */
  readonly refused: (path: string, body?: unknown) => Promise<{ readonly status: number; readonly error: string; readonly message: string }>
  readonly stop: () => Promise<void>
}

interface Options extends QueriesOptions {
  readonly host?: string
  readonly port?: number
}

/** What stands in for the built client: a page, a script, a style. */
export const clientFiles = {
  "index.html": "<!doctype html><title>client</title>",
  "app-1a2b.js": "export {}\n",
  "app-1a2b.css": "body {}\n",
}

const running: Array<() => Promise<void>> = []
afterAll(async () => {
  for (const stop of running) await stop()
})

/** Serves the store of a project until the tests of the file are over. */
export const serveStore = async (project: Project, { host = "127.0.0.1", port = 0, ...queries }: Options = {}): Promise<Served> => {
  for (const [name, text] of Object.entries(clientFiles)) project.write(`client/${name}`, text)
  const token = newToken()
  const stopped = promised<void>()
  const started = promised<{ readonly url: string; readonly address: string }>()
  const end = project.provided(
    Effect.gen(function* () {
      started.resolve(yield* serve({ host, port, client: path.join(project.root, "client"), token, version: "1.2.3" }))
      yield* Effect.promise(() => stopped.promise)
    }).pipe(Effect.scoped, Effect.provide(Queries.layer(queries))),
  )
  end.catch(started.reject)
  const { url, address } = await started.promise
  const bound = Number(new URL(url).port)
  const cookie = `assay-${bound}=${token}`
  const stop = async () => {
    stopped.resolve()
    await end
  }
  running.push(stop)
  const raw = (target: string, request?: Request) => send(host, bound, target, request)
  const ask = (target: string, { headers, ...rest }: Request = {}) => raw(target, { headers: { cookie, ...headers }, ...rest })
  const posted = (body: unknown): Request => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  const json = (answer: Answer, target: string) => {
    if (answer.status !== 200) throw new Error(`${target} is answered with ${answer.status}: ${answer.text.slice(0, 500)}`)
    return JSON.parse(answer.text)
  }
  return {
    project,
    url,
    address,
    token,
    port: bound,
    cookie,
    raw,
    ask,
    get: async (target) => json(await ask(`/api${target}`), target),
    post: async (target, body) => json(await ask(`/api${target}`, posted(body)), target),
    refused: async (target, body) => {
      const answer = await ask(`/api${target}`, body === undefined ? {} : posted(body))
      if (answer.status === 200) throw new Error(`${target} is answered: ${answer.text.slice(0, 500)}`)
      return { status: answer.status, ...JSON.parse(answer.text) }
    },
    stop,
  }
}

/** A promise, and what settles it. */
const promised = <A>() => {
  let [resolve, reject]: [(value: A) => void, (error: unknown) => void] = [() => {}, () => {}]
  const promise = new Promise<A>((keep, break_) => {
    resolve = keep
    reject = break_
  })
  return { promise, resolve, reject }
}

const send = (host: string, port: number, target: string, { method = "GET", headers = {}, body }: Request = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = http.request({ host, port, path: target, method, headers, agent: false }, (response) => {
      const pieces: Array<Buffer> = []
      response.on("data", (piece: Buffer) => pieces.push(piece))
      response.on("error", reject)
      response.on("end", () => {
        const bytes = Buffer.concat(pieces)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes, text: bytes.toString() })
      })
    })
    request.on("error", reject)
    request.end(body)
  })

/** Sends a request, and gives what abandons it. */
export const begin = (served: Served, target: string, { method = "GET", headers = {}, body }: Request = {}): (() => void) => {
  const options = { host: "127.0.0.1", port: served.port, path: target, method, agent: false } as const
  const request = http.request({ ...options, headers: { cookie: served.cookie, ...headers } })
  request.on("error", () => {})
  request.end(body)
  return () => void request.destroy()
}

/** A connection that stays open: its bytes so far, and how it ended. */
export interface Stream {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: () => string
  readonly bytes: () => number
  /** Resolves with true when it has ended as it should, with false when it was cut. */
  readonly ended: Promise<boolean>
  readonly pause: () => void
  readonly resume: () => void
  readonly close: () => void
}

/** Opens a stream; resolves when its headers have come. */
export const openStream = (served: Served, target: string, { headers = {}, method = "GET", body }: Request = {}): Promise<Stream> =>
  new Promise((resolve, reject) => {
    const { hostname } = new URL(served.url)
    const options = { host: hostname.replace(/^\[|\]$/g, ""), port: served.port, path: target, method, agent: false } as const
    const request = http.request({ ...options, headers: { cookie: served.cookie, ...headers } }, (response) => {
      const decoder = new TextDecoder()
      let [text, bytes] = ["", 0]
      response.on("data", (piece: Buffer) => {
        text += decoder.decode(piece, { stream: true })
        bytes += piece.length
      })
      const ended = new Promise<boolean>((end) => {
        response.on("error", () => {})
        response.on("close", () => end(response.complete))
      })
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => text,
        bytes: () => bytes,
        ended,
        pause: () => void response.pause(),
        resume: () => void response.resume(),
        close: () => void request.destroy(),
      })
    })
    request.on("error", reject)
    request.end(body)
  })

/** The messages of a stream of server-sent events so far, whole ones only, with their ids. */
export const messagesIn = <A>(text: string): ReadonlyArray<{ readonly id: string | null; readonly data: A }> =>
  text
    .split("\n\n")
    .slice(0, -1)
    .flatMap((block) => {
      const lines = block.split("\n")
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice("data: ".length))
      const id = lines.find((line) => line.startsWith("id: "))?.slice("id: ".length) ?? null
      return data.length === 0 ? [] : [{ id, data: JSON.parse(data.join("\n")) as A }]
    })

/** Waits until something holds, and says what it waited for if it never does. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>, mostMs = 15_000): Promise<void> => {
  const start = performance.now()
  while (!(await holds())) {
    if (performance.now() - start > mostMs) throw new Error(`in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** The bytes of a store's files and folders, by path, and nothing else. */
export const objectPath = ({ store }: Project, object: string): string => path.join(store, "objects", object.slice(0, 2), object.slice(2))

export const manifestPath = ({ store }: Project, key: string): string => path.join(store, "results", key.slice(0, 2), `${key}.json`)

/** Changes a byte in the middle of a file. */
export const flip = (file: string): void => {
  const bytes = fs.readFileSync(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  fs.chmodSync(file, 0o644)
  fs.writeFileSync(file, bytes)
}
