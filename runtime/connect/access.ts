import { Effect } from "effect"
import { type Server, variableOf } from "../../dsl/connection.ts"
import { NotAnswered } from "./not-answered.ts"
import { type Redaction, redaction } from "./secrets.ts"

/** How a server is reached, with what the environment says of it at the moment. */
export interface Access {
  readonly base: URL
  readonly headers: Readonly<Record<string, string>>
  readonly redact: Redaction
}

/** Fails where a variable is missing, or its value is not an address. */
export const readAccess = Effect.fnUntraced(function* (server: Server, environment: NodeJS.ProcessEnv = process.env) {
  const secrets: Array<string> = []
  const read = Effect.fnUntraced(function* (text: string, what: string, isSecret: boolean) {
    const name = variableOf(text)
    if (name === null) return text
    const value = environment[name]?.trim() ?? ""
    if (value === "")
      return yield* refuse(server, `${what} is in the variable ${name}, which is not set: set it before the run, as in "export ${name}=…"`)
    if (isSecret) secrets.push(value)
    // A header that cannot hold it would say what it holds.
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      return yield* refuse(server, `${what} is in the variable ${name}, whose value has characters that HTTP cannot send: correct it`)
    return value
  })
  const url = yield* read(server.url, "its url", false)
  const base = URL.canParse(url) ? new URL(url) : null
  if (base === null || !["http:", "https:"].includes(base.protocol))
    return yield* refuse(server, `the value of ${variableOf(server.url)} is not an address: give one such as http://127.0.0.1:8000/v1`)
  if (base.username !== "" || base.password !== "" || base.search !== "")
    return yield* refuse(
      server,
      `the value of ${variableOf(server.url)} has a user, a password or a query: pass secrets by token or headers, as env:NAME`,
    )
  const headers: Record<string, string> = {
    "user-agent": "assay",
    accept: "application/json",
    "content-type": "application/json",
  }
  if (server.token !== null) headers.authorization = `Bearer ${yield* read(server.token, "its token", true)}`
  for (const [name, value] of Object.entries(server.headers))
    headers[name.toLowerCase()] = yield* read(value, `its header ${name}`, variableOf(value) !== null)
  return { base, headers, redact: redaction(secrets) } satisfies Access
})

/** The address of a path, which may have a query. */
export const addressOf = (base: URL, path: string): URL =>
  new URL(`${base.origin}${base.pathname.replace(/\/+$/, "")}${path === "" || path.startsWith("/") ? path : `/${path}`}`)

const refuse = ({ url }: Server, problem: string): NotAnswered =>
  new NotAnswered({ message: `server ${url} was not asked: ${problem}`, details: { server: url, attempts: 0 } })
