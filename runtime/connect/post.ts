import * as http from "node:http"
import * as https from "node:https"
import { Effect } from "effect"

/** An answer of a server, whole. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

export interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Sends requests over connections that stay open. Not by `fetch`, which gives up after five minutes
 * without an answer, whatever the limit of the server is, and follows redirections with the headers
 * that are meant for one host.
 */
export interface Sender {
  /** Fails with what the system says. Interrupting it closes the connection. */
  readonly post: (post: Post) => Effect.Effect<HttpAnswer, Error>
  readonly close: () => void
}

export const openSender = (): Sender => {
  const plain = new http.Agent({ keepAlive: true })
  const secure = new https.Agent({ keepAlive: true })
  const send = ({ url, headers, body }: Post): http.ClientRequest => {
    const options = { method: "POST", headers: { ...headers, "content-length": String(Buffer.byteLength(body)) } }
    return url.protocol === "https:" ? https.request(url, { ...options, agent: secure }) : http.request(url, { ...options, agent: plain })
  }
  return {
    post: (post) =>
      Effect.callback((resume) => {
        const request = send(post)
        const fail = (error: Error): void => resume(Effect.fail(error))
        request.on("error", fail)
        request.on("response", (response) => {
          const chunks: Array<Buffer> = []
          response.on("data", (chunk: Buffer) => chunks.push(chunk))
          response.on("error", () => fail(new Error(`the connection ended in the middle of the answer, after ${bytesOf(chunks)} bytes`)))
          response.on("end", () =>
            resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() })),
          )
        })
        request.end(post.body)
        return Effect.sync(() => void request.destroy())
      }),
    close: () => {
      plain.destroy()
      secure.destroy()
    },
  }
}

const bytesOf = (chunks: ReadonlyArray<Buffer>): number => chunks.reduce((sum, { length }) => sum + length, 0)
