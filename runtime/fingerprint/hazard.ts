import type { Reference } from "eslint-scope"
import type { Compiled } from "../bundle/compile.ts"
import type { Hazards } from "../store/code/record.ts"
import { type Node, propertyName, type Scopes, walk } from "./scope.ts"

/** Built-in modules whose every export is a function of its arguments. */
const pureModules = new Set([
  "assert",
  "async_hooks",
  "buffer",
  "events",
  "path",
  "punycode",
  "querystring",
  "stream",
  "string_decoder",
  "timers",
  "url",
  "util",
  "zlib",
])

/**
 * Names that Node provides and that say nothing of the machine, the time or chance. Every other
 * name counts as a look outside.
 */
const pureGlobals = new Set(
  `AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Blob Boolean Buffer
  ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy DOMException DataView DecompressionStream Error EvalError EventTarget
  Float16Array Float32Array Float64Array FormData Headers Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map NaN Number Object Promise
  Proxy RangeError ReadableStream ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError TextDecoder
  TextDecoderStream TextEncoder TextEncoderStream TransformStream TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array
  Uint8ClampedArray WeakMap WeakSet WebAssembly WritableStream arguments atob btoa clearImmediate clearInterval clearTimeout console
  decodeURI decodeURIComponent encodeURI encodeURIComponent escape exports isFinite isNaN module parseFloat parseInt queueMicrotask setImmediate
  setInterval setTimeout structuredClone undefined unescape`.split(/\s+/),
)

/** Fields of `process` that a stage may use: they print, they wait, or they end it. */
const pureProcess = new Set(["nextTick", "stdout", "stderr", "emitWarning", "exit", "abort", "kill"])

/** What a stage may declare that it reads, with the names by which its code does. */
const declared: Readonly<Record<string, ReadonlySet<string>>> = {
  clock: new Set(["Date", "performance", "node:perf_hooks", "process.hrtime", "process.uptime", "process.cpuUsage"]),
  random: new Set(["Math.random", "crypto", "node:crypto"]),
  network: new Set([
    "fetch",
    "WebSocket",
    "EventSource",
    "Request",
    "Response",
    "node:net",
    "node:tls",
    "node:http",
    "node:https",
    "node:http2",
    "node:dgram",
    "node:dns",
  ]),
  processes: new Set(["Worker", "BroadcastChannel", "MessageChannel", "node:child_process", "node:worker_threads", "node:cluster"]),
  files: new Set(["node:fs", "import.meta"]),
  env: new Set(["process.env"]),
  machine: new Set([
    "node:os",
    "navigator",
    "process.platform",
    "process.arch",
    "process.version",
    "process.versions",
    "process.memoryUsage",
    "process.pid",
    "process.ppid",
  ]),
}

/** Errs on the safe side: what is not known to be harmless is a hazard. */
export const hazardsOf = (scopes: Scopes, externals: Compiled["externals"]): Hazards => {
  const outside = new Map<string, string | null>()
  const opaque = new Set<string>()
  let computedNames = false
  const looksOutside = (name: string, verb: string): void => {
    outside.set(`it ${verb} ${name}`, kindOf(name))
  }
  for (const { specifier, package: folder, absentFrom } of externals.values()) {
    const name = specifier.replace(/^node:/, "").split("/")[0] ?? ""
    if (folder === null && absentFrom === null && !pureModules.has(name) && !isPureCrypto(specifier, scopes))
      looksOutside(specifier, "imports")
    if (specifier.endsWith(".node")) opaque.add(`it imports the native add-on ${specifier}`)
  }
  for (const reference of scopes.free) {
    const parent = scopes.parentOf(reference.identifier)
    const made = codeFromText(reference, parent)
    if (made !== null) opaque.add(made)
    const read = made === null ? outsideRead(reference, parent, scopes) : null
    if (read !== null) looksOutside(...read)
  }
  if (requiresComputedName(scopes)) {
    opaque.add("it requires a module whose name is computed")
    computedNames = true
  }
  walk(scopes.tree, (node) => {
    if (node.type === "MetaProperty" && (node.meta as Node).name === "import") looksOutside("import.meta", "reads")
    if (node.type !== "ImportExpression" || (node.source as Node).type === "Literal") return
    opaque.add("it imports a module whose name is computed")
    computedNames = true
  })
  return {
    outside: [...outside].map(([reason, kind]) => ({ reason, kind })).sort((a, b) => (a.reason < b.reason ? -1 : 1)),
    opaque: [...opaque].sort(),
    computedNames,
  }
}

const kindOf = (name: string): string | null => Object.keys(declared).find((kind) => declared[kind]?.has(name.replace(/\/.*$/, ""))) ?? null

type Read = readonly [name: string, verb: string]

const outsideRead = ({ identifier }: Reference, parent: Node | undefined, scopes: Scopes): Read | null => {
  const { name } = identifier as { name: string }
  const field = parent?.type === "MemberExpression" && parent.object === (identifier as unknown) ? propertyName(parent) : null
  // Whether there is such a thing is the same everywhere.
  if (parent?.type === "UnaryExpression" && parent.operator === "typeof") return null
  if (name === "Math") return field !== null && field !== "random" ? null : ["Math.random", "calls"]
  if (name === "Date") return isPureDate(identifier, parent, field) ? null : ["Date", "reads the clock by"]
  if (name === "process" && field === "pid" && isKilled(parent, scopes)) return null
  if (name === "process")
    return field !== null && pureProcess.has(field) ? null : [field === null ? "process" : `process.${field}`, "reads"]
  if (name === "globalThis" || name === "global" || name === "self")
    return field !== null && pureGlobals.has(field) ? null : [name, "reaches for"]
  if (name === "performance") return ["performance", "reads the clock by"]
  if (name === "require") return null
  return pureGlobals.has(name) ? null : [name, "uses"]
}

/** `process.kill(process.pid)` ends the stage and tells it nothing. */
const isKilled = (pid: Node | undefined, { parentOf }: Scopes): boolean => {
  const call = parentOf(pid)
  const callee = call?.type === "CallExpression" ? (call.callee as Node) : undefined
  return callee?.type === "MemberExpression" && (callee.object as Node).name === "process" && propertyName(callee) === "kill"
}

/**
 * A date of something that is given, or a function of dates: not the present one, in whichever
 * zone.
 */
const isPureDate = (identifier: unknown, parent: Node | undefined, field: string | null): boolean => {
  if (field === "UTC" || field === "parse" || field === "prototype") return true
  if (parent?.type === "BinaryExpression" && parent.operator === "instanceof") return true
  if (parent?.type !== "NewExpression" || parent.callee !== identifier) return false
  const given = parent.arguments as ReadonlyArray<Node>
  return given.length > 0 && !given.some(({ type }) => type === "SpreadElement")
}

const codeFromText = ({ identifier }: Reference, parent: Node | undefined): string | null => {
  const { name } = identifier as { name: string }
  if (name === "eval") return "it calls eval"
  if (name !== "Function") return null
  const isTest = parent?.type === "BinaryExpression" && parent.operator === "instanceof"
  const isPrototype = parent?.type === "MemberExpression" && propertyName(parent) === "prototype"
  return isTest || isPrototype ? null : "it makes code from text"
}

/**
 * The compiler turns every call of require into one of a function of its own, which alone uses the
 * real one.
 */
const requiresComputedName = ({ variables, parentOf }: Scopes): boolean =>
  variables
    .filter(({ name }) => /^__require\d*$/.test(name))
    .flatMap(({ references }) => references)
    .filter((reference) => !reference.isWrite())
    .some(({ identifier }) => {
      const call = parentOf(identifier)
      const [argument] =
        call?.type === "CallExpression" && call.callee === (identifier as unknown) ? (call.arguments as ReadonlyArray<Node>) : []
      return argument?.type !== "Literal"
    })

/** Functions of node:crypto that draw nothing. */
const pureCrypto = new Set(["createHash", "createHmac", "hash", "timingSafeEqual", "getHashes", "pbkdf2Sync", "hkdfSync", "scryptSync"])

const isPureCrypto = (specifier: string, { tree, variables, parentOf }: Scopes): boolean => {
  if (specifier !== "node:crypto") return false
  const imports = (tree.body as ReadonlyArray<Node>).filter(
    ({ type, source }) => type === "ImportDeclaration" && /^(node:)?crypto$/.test(String((source as Node).value)),
  )
  const specifiers = imports.flatMap((each) => each.specifiers as ReadonlyArray<Node>)
  return specifiers.every((each) => {
    if (each.type === "ImportSpecifier") return pureCrypto.has(String((each.imported as Node).name))
    const variable = variables.find(({ defs }) => defs.some(({ node }) => (node as unknown) === each))
    return (variable?.references ?? []).every(({ identifier }) => {
      const parent = parentOf(identifier)
      return parent?.type === "MemberExpression" && pureCrypto.has(propertyName(parent) ?? "")
    })
  })
}
