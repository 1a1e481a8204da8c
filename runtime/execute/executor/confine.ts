import { createRequire, syncBuiltinESMExports } from "node:module"
import { StageError } from "../../../dsl/stage-error.ts"
import { sha256 } from "../../disk/sha256.ts"
import type { Task } from "../task/task.ts"

/**
 * Makes the rest of the outside the same on every machine, in the process of a user's stage: what
 * Node's permissions do not cover. The network fails by name. Time and chance, where packages look
 * at them though the stage's own code does not, are those of the key: time begins in 2000 and goes
 * on by a millisecond a look.
 */
export const confine = ({ key, rights }: Pick<Task, "key" | "rights">): void => {
  const real = new Set(rights.real)
  if (!rights.declared.includes("network")) closeNetwork()
  if (!real.has("clock")) stopClock()
  if (!real.has("random")) seedChance(key)
  if (!real.has("machine")) hideMachine()
  syncBuiltinESMExports()
}

type Module = Record<string, unknown>

const require = createRequire(import.meta.url)
const builtin = (name: string): Module => require(`node:${name}`) as Module

/** Also of what has only a getter. */
const replaceAll = (target: object, values: Module): void => {
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: true })
}

const closeNetwork = (): void => {
  const refused = (name: string) => () => {
    const remedy = 'Declare reads: ["network"], and by readsAs what stands for it in the key'
    throw new StageError("NetworkDenied", `${name}: the stage may not use the network. ${remedy}`)
  }
  for (const name of ["fetch", "WebSocket", "EventSource"]) {
    if (name in globalThis) replaceAll(globalThis, { [name]: refused(name) })
  }
  const { Socket, Server } = builtin("net") as { readonly Socket: { prototype: Module }; readonly Server: { prototype: Module } }
  // TLS, HTTP and HTTP/2 all go through these.
  Socket.prototype.connect = refused("net.connect")
  Server.prototype.listen = refused("net.listen")
  for (const [module, names] of Object.entries(closed)) for (const name of names) builtin(module)[name] = refused(`${module}.${name}`)
  for (const module of ["dns", "dns/promises"]) {
    const names = Object.keys(builtin(module)).filter((name) => /^(lookup|resolve|reverse)/.test(name))
    replaceAll(builtin(module), Object.fromEntries(names.map((name) => [name, refused(`dns.${name}`)])))
  }
}

/** Functions that are better refused by their own name. */
const closed: Readonly<Record<string, ReadonlyArray<string>>> = {
  net: ["connect", "createConnection", "createServer"],
  http: ["request", "get", "createServer"],
  https: ["request", "get", "createServer"],
  tls: ["connect", "createServer"],
  dgram: ["createSocket"],
}

/** 2000-01-01, in milliseconds since 1970. */
const epochMs = 946_684_800_000

const stopClock = (): void => {
  let looks = 0
  const elapsed = (): number => ++looks
  const now = (): number => epochMs + elapsed()
  const RealDate = Date
  const VirtualDate = new Proxy(RealDate, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  })
  RealDate.prototype.constructor = VirtualDate
  globalThis.Date = VirtualDate
  // Without a date it formats the present one, and does not ask the constructor for it.
  const formatter = Intl.DateTimeFormat.prototype
  const format = Object.getOwnPropertyDescriptor(formatter, "format")?.get as (this: Intl.DateTimeFormat) => (date: Date | number) => string
  const { formatToParts } = formatter
  Object.defineProperty(formatter, "format", {
    configurable: true,
    get(this: Intl.DateTimeFormat) {
      const formatDate = format.call(this)
      return (date?: Date | number) => formatDate(date ?? now())
    },
  })
  replaceAll(formatter, {
    formatToParts(this: Intl.DateTimeFormat, date?: Date | number) {
      return formatToParts.call(this, date ?? now())
    },
  })
  const hrtime = (before?: readonly [number, number]): [number, number] => {
    const time = elapsed() - (before === undefined ? 0 : before[0] * 1e3 + before[1] / 1e6)
    return [Math.floor(time / 1e3), (time % 1e3) * 1e6]
  }
  process.hrtime = Object.assign(hrtime, { bigint: () => BigInt(elapsed()) * 1_000_000n }) as typeof process.hrtime
  process.uptime = () => elapsed() / 1e3
  replaceAll(performance, { now: elapsed, timeOrigin: epochMs })
}

const seedChance = (key: string): void => {
  let blocks = 0
  let rest = Buffer.alloc(0)
  const bytes = (count: number): Buffer => {
    const parts = [rest]
    for (let length = rest.length; length < count; length += 32) {
      blocks += 1
      parts.push(Buffer.from(sha256("chance", `${key} ${blocks}`), "hex"))
    }
    const all = Buffer.concat(parts)
    rest = all.subarray(count)
    return all.subarray(0, count)
  }
  const uniform = (): number => (bytes(7).readUIntBE(0, 6) * 32 + ((bytes(1)[0] as number) % 32)) / 2 ** 53
  const fill = <A extends ArrayBufferView>(array: A): A => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes(array.byteLength))
    return array
  }
  const uuid = (): string => {
    const hex = bytes(16).toString("hex")
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-")
  }
  Math.random = uniform
  const later = <A>(value: A, callback: unknown): A => {
    if (typeof callback === "function") setImmediate(() => callback(null, value))
    return value
  }
  replaceAll(builtin("crypto"), {
    randomBytes: (count: number, callback?: unknown) => later(bytes(count), callback),
    randomFillSync: fill,
    randomFill: (array: ArrayBufferView, ...given: ReadonlyArray<unknown>) => later(fill(array), given.at(-1)),
    randomUUID: uuid,
    randomInt: (...given: ReadonlyArray<unknown>) => {
      const [low, high] = typeof given[1] === "number" ? [given[0] as number, given[1]] : [0, given[0] as number]
      return later(low + Math.floor(uniform() * (high - low)), given.at(-1))
    },
  })
  replaceAll(Object.getPrototypeOf(globalThis.crypto), { getRandomValues: fill, randomUUID: uuid })
}

const hideMachine = (): void => {
  const cpu = { model: "", speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }
  replaceAll(builtin("os"), {
    hostname: () => "stage",
    cpus: () => [cpu],
    availableParallelism: () => 1,
    totalmem: () => 0,
    freemem: () => 0,
    loadavg: () => [0, 0, 0],
    uptime: () => 0,
    networkInterfaces: () => ({}),
    homedir: () => "/",
    tmpdir: () => "/tmp",
    userInfo: () => ({ username: "stage", uid: 0, gid: 0, shell: null, homedir: "/" }),
  })
}
