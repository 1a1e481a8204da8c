/**
 * Who may ask: only a browser that was given the token, and only for this server. A page elsewhere
 * cannot read the answers (same origin), send anything (Origin), or have a name of its own resolve
 * to this machine (Host).
 */

import * as crypto from "node:crypto"
import { Effect } from "effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

export interface Admission {
  /** What the first address carries, and the cookie after it. */
  readonly token: string
  /** The hosts by which the server may be addressed, with the port: "127.0.0.1:4177". */
  readonly hosts: ReadonlyArray<string>
  /** The name of the cookie: servers on other ports of this machine share its cookies. */
  readonly cookie: string
}

/** 32 random bytes. */
export const newToken = (): string => crypto.randomBytes(32).toString("base64url")

/**
 * Nothing but our own files is loaded, and no script or style that is not in one: a text of a
 * corpus or a model stays a text, whatever it holds.
 */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const headers = {
  "content-security-policy": pagePolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
}

/**
 * Lets through what may pass, and adds to every answer what a browser must know of it. The app
 * answers its errors itself: an answer that came past this would lack that.
 */
export const guarded =
  (admission: Admission) =>
  <R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, never, R>) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const url = addressOf(request)
      const answer =
        url === null
          ? refuse(400, "the address of this request cannot be read")
          : (refusal(admission, request, url) ?? entry(admission, request, url) ?? (yield* app))
      return HttpServerResponse.setHeaders(answer, { ...headers, ...answer.headers })
    })

/** Null where it is not an address, as "//" is not. */
const addressOf = ({ url }: HttpServerRequest.HttpServerRequest): URL | null => {
  try {
    return url.startsWith("/") ? new URL(url, "http://host") : null
  } catch {
    return null
  }
}

/** Why a request is refused; null if it may pass or brings the token. */
const refusal = (
  { hosts, cookie, token }: Admission,
  request: HttpServerRequest.HttpServerRequest,
  url: URL,
): HttpServerResponse.HttpServerResponse | null => {
  const { host = "", origin } = request.headers
  if (!hosts.includes(host.toLowerCase())) return refuse(403, "this server is not called that: open the address that assay ui printed")
  if ((origin !== undefined && origin !== `http://${host.toLowerCase()}`) || isForeign(request, url))
    return refuse(403, "a page from elsewhere may not ask this server")
  if (tokenOf(request, url) !== null) return null
  if (!isEqual(request.cookies[cookie] ?? "", token))
    return refuse(401, "open the address that assay ui printed: it carries the token that this browser has not shown yet")
  return null
}

/** Exchanges the token of the first address for a cookie, and takes it out of the address. */
const entry = (
  { cookie, token }: Admission,
  request: HttpServerRequest.HttpServerRequest,
  url: URL,
): HttpServerResponse.HttpServerResponse | null => {
  const shown = tokenOf(request, url)
  if (shown === null) return null
  if (!isEqual(shown, token)) return refuse(401, "this token is not the one that assay ui printed: it makes a new one each time it starts")
  const { pathname } = url
  url.searchParams.delete("token")
  // An address that begins with two slashes names another server.
  const address = `${pathname.replace(/^\/+/, "/")}${url.search}`
  return HttpServerResponse.setCookieUnsafe(HttpServerResponse.redirect(address, { status: 303 }), cookie, token, {
    httpOnly: true,
    sameSite: "strict",
    path: "/",
  })
}

const tokenOf = ({ method }: HttpServerRequest.HttpServerRequest, url: URL): string | null =>
  method === "GET" ? url.searchParams.get("token") : null

/**
 * Whether the browser says that another site asks, or another port of this machine, which gets the
 * cookie too. A link to a page may be followed from everywhere.
 */
const isForeign = ({ headers }: HttpServerRequest.HttpServerRequest, { pathname }: URL): boolean => {
  const site = headers["sec-fetch-site"] ?? "none"
  if (site === "none" || site === "same-origin") return false
  const follows = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document"
  return !follows || pathname.startsWith("/api/")
}

const refuse = (status: number, message: string) => HttpServerResponse.text(`assay: ${message}\n`, { status })

/** Without telling by its time how much of a guess was right. */
const isEqual = (shown: string, token: string): boolean => {
  const digest = (text: string) => crypto.createHash("sha256").update(text).digest()
  return crypto.timingSafeEqual(digest(shown), digest(token))
}
