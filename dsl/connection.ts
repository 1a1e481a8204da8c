import type { Json } from "./canonical.ts"
import { DeclarationError } from "./error.ts"

/**
 * A server that stages ask over HTTP. The process of the command asks it, so a stage needs no right
 * to use the network. Where it is and how fast it may be asked do not enter a fingerprint: what is
 * asked is said by parameters, such as the model's name and revision.
 */
export interface Server {
  readonly kind: "server"
  /** `http://127.0.0.1:8000/v1`, or `env:NAME`: the variable that holds it. */
  readonly url: string
  /** `env:NAME`: the variable that holds the token, sent as `Authorization: Bearer …`. */
  readonly token: string | null
  /** Further headers; a value may be `env:NAME`. */
  readonly headers: Readonly<Record<string, string>>
  /** The most requests on their way at once, of all stages of a run. */
  readonly concurrency: number
  /** The most requests per minute, of all stages of a run; null for no limit. */
  readonly perMinute: number | null
  /** Seconds until a request counts as failed. */
  readonly timeoutSeconds: number
  /** How often a request is repeated that failed in a way that may pass. */
  readonly retries: number
}

/**
 * A program that stages ask: started once by the process of the command, and again where it died.
 * It reads a JSON list of requests per line, and writes a list of as many answers on a line.
 */
export interface Program {
  readonly kind: "program"
  readonly command: Command
  /** The most requests on one line. */
  readonly batchSize: number
  /** How many of it run at once. */
  readonly processes: number
  /** Seconds until a line that is not answered counts as failed; the program is started again. */
  readonly timeoutSeconds: number
  /** How often a line is repeated of which the program died. */
  readonly retries: number
}

/** What is asked, and by whom it is answered. */
export type Connection = Server | Program

/**
 * A program of the user and what its result depends on, which is in the fingerprint by content.
 * Paths start at the project root.
 */
export interface Command {
  /** The program and its arguments. */
  readonly run: ReadonlyArray<string>
  /** Files and folders that it consists of. */
  readonly files: ReadonlyArray<string>
  /** What else decides its result, by name. */
  readonly environment: Readonly<Record<string, EnvironmentPart>>
  /** Variables of the environment that it gets, such as `HF_HOME`; no part of the fingerprint. */
  readonly variables: ReadonlyArray<string>
}

/**
 * Part of the environment of a program: a text such as the digest of an image, a file by its
 * content, or the output of a command such as `["python3", "--version"]`.
 */
export type EnvironmentPart = string | { readonly file: string } | { readonly output: ReadonlyArray<string> }

/** Asks a server or a program. */
export interface Asking {
  /**
   * One answer for each request, in their order. A server's request is `{ path, body }`, and its
   * answer the JSON that it returned; a program's is `{ input }`. Each answer is kept as soon as it
   * is there, so that the same request is never paid for twice. Requests that are equal have the
   * same answer: one that is meant to be answered once more has to say so, by `repeat`. `scope` is
   * what answers depend on besides, such as the revision of a model; without it, all parameters and
   * inputs of the judge.
   *
   * Rejects with a StageError `NotAnswered` where one cannot be had.
   */
  readonly ask: (requests: ReadonlyArray<ConnectionRequest>, scope?: Json) => Promise<ReadonlyArray<Json>>
  /**
   * Keeps the answers to these requests no longer, because they cannot be used: the next run asks
   * again.
   */
  readonly forget: (requests: ReadonlyArray<ConnectionRequest>, scope?: Json) => Promise<void>
}

/** What is asked. `repeat` tells apart requests that are otherwise equal. */
export type ConnectionRequest =
  | { readonly path: string; readonly body: Json; readonly repeat?: number }
  | { readonly input: Json; readonly repeat?: number }

/** How a server is reached. */
export interface ServerOptions {
  /** `http://127.0.0.1:8000/v1`, or `env:NAME` for a variable that holds it. */
  readonly url: string
  /** The variable that holds the token, as `env:NAME`: sent as `Authorization: Bearer …`. */
  readonly token?: `env:${string}`
  /** Further headers; `env:NAME` as a value reads a variable. */
  readonly headers?: Readonly<Record<string, string>>
  /** The most requests on their way at once; 8 if absent. */
  readonly concurrency?: number
  /** The most requests per minute; no limit if absent. */
  readonly perMinute?: number
  /** Seconds until a request counts as failed; 120 if absent. */
  readonly timeoutSeconds?: number
  /** How often a request that failed is repeated, with growing pauses; 8 if absent. */
  readonly retries?: number
}

/** What a program is, as its user writes it. */
export interface CommandOptions {
  readonly run: ReadonlyArray<string>
  readonly files?: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, EnvironmentPart>>
  readonly variables?: ReadonlyArray<string>
}

/** How a program is started and asked. */
export interface ProgramOptions extends CommandOptions {
  /** The most requests on one line; 64 if absent. */
  readonly batchSize?: number
  /** How many of it run at once; 1 if absent. */
  readonly processes?: number
  /** Seconds until a line counts as failed; 600 if absent. */
  readonly timeoutSeconds?: number
  /** How often a line is repeated of which the program died; 2 if absent. */
  readonly retries?: number
}

/**
 * A server that a judge or a sampler asks. Throws a DeclarationError where an option is not what it
 * should be, or where a secret would stand in the pipeline.
 *
 *   const vllm = server({ url: "env:VLLM_URL", token: "env:VLLM_TOKEN", concurrency: 16 })
 */
export const server = (options: ServerOptions): Server => {
  const { url, token, headers = {}, concurrency = 8, perMinute, timeoutSeconds = 120, retries = 8 } = options
  const owner = "server"
  checkUrl(url)
  if (token !== undefined && !isVariable(token))
    throw refusal(owner, "token", "a variable of the environment that holds it, as env:NAME, because what a pipeline says is stored")
  if (Object.values(headers).some((value) => typeof value !== "string"))
    throw refusal(owner, "headers", "texts, or env:NAME for a variable that holds one")
  const secret = Object.keys(headers).find(
    (name) => /authorization|key|token|secret|cookie/i.test(name) && !isVariable(headers[name] ?? ""),
  )
  if (secret !== undefined)
    throw refusal(
      owner,
      `headers["${secret}"]`,
      "a variable of the environment that holds it, as env:NAME, because what a pipeline says is stored",
    )
  checkCount(owner, { concurrency, ...(perMinute === undefined ? {} : { perMinute }) }, 1)
  checkCount(owner, { retries }, 0)
  checkSeconds(owner, timeoutSeconds)
  return { kind: "server", url, token: token ?? null, headers, concurrency, perMinute: perMinute ?? null, timeoutSeconds, retries }
}

/**
 * A program that a judge asks. It is started in the project root, by the process of the command and
 * with the rights of the user; on a cluster by the worker, in a folder that has its declared files.
 *
 *   const scorer = program({ run: ["python3", "reward.py"], files: ["reward.py"], batchSize: 32 })
 */
export const program = (options: ProgramOptions): Program => {
  const { batchSize = 64, processes = 1, timeoutSeconds = 600, retries = 2 } = options
  const owner = "program"
  checkCount(owner, { batchSize, processes }, 1)
  checkCount(owner, { retries }, 0)
  checkSeconds(owner, timeoutSeconds)
  return { kind: "program", command: readCommand(owner, options), batchSize, processes, timeoutSeconds, retries }
}

/** A command with its defaults. Throws a DeclarationError, which begins with `owner`. */
export const readCommand = (owner: string, { run, files = [], environment = {}, variables = [] }: CommandOptions): Command => {
  if (!isTexts(run) || run.length === 0 || run[0] === "")
    throw refusal(owner, "run", 'the program and its arguments, such as ["python3", "train.py"]')
  if (!isTexts(files) || files.includes("")) throw refusal(owner, "files", 'a list of paths, such as ["train.py"]')
  if (!isTexts(variables) || !variables.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)))
    throw refusal(owner, "variables", 'a list of names of variables, such as ["HF_HOME"]')
  for (const [name, part] of Object.entries(environment)) {
    const isPart =
      typeof part === "string" ||
      (typeof part === "object" &&
        part !== null &&
        (("file" in part && typeof part.file === "string" && part.file !== "") ||
          ("output" in part && isTexts(part.output) && part.output.length > 0)))
    if (!isPart) throw refusal(owner, `environment.${name}`, 'a text, { file: "uv.lock" } or { output: ["python3", "--version"] }')
  }
  return { run: [...run], files: [...files], environment: { ...environment }, variables: [...variables] }
}

/** The name of a variable: `NAME` of `env:NAME`; null for anything else. */
export const variableOf = (text: string): string | null => (isVariable(text) ? text.slice("env:".length) : null)

const isVariable = (text: string): boolean => /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text)

const isTexts = (value: unknown): value is ReadonlyArray<string> => Array.isArray(value) && value.every((each) => typeof each === "string")

const checkUrl = (url: unknown): void => {
  if (typeof url === "string" && isVariable(url)) return
  const parsed = typeof url === "string" && URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol))
    throw refusal("server", "url", 'an address such as "http://127.0.0.1:8000/v1", or "env:NAME" for a variable that holds it')
  if (parsed.username !== "" || parsed.password !== "" || parsed.search !== "")
    throw refusal("server", "url", "an address without a user, a password or a query: pass secrets by token or headers, as env:NAME")
}

const checkCount = (owner: string, counts: Readonly<Record<string, unknown>>, least: number): void => {
  for (const [name, value] of Object.entries(counts))
    if (!Number.isInteger(value) || (value as number) < least)
      throw refusal(owner, name, `an integer of at least ${least}, got ${String(value)}`)
}

const checkSeconds = (owner: string, seconds: unknown): void => {
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds <= 0)
    throw refusal(owner, "timeoutSeconds", `a number of seconds above 0, got ${String(seconds)}`)
}

const refusal = (owner: string, what: string, expected: string): DeclarationError =>
  new DeclarationError({ message: `${owner}: ${what} expects ${expected}` })
