import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Redacted } from "effect"
import { afterAll } from "vitest"
import type { S3Access } from "../../../runtime/store/remote/s3/access.ts"
import { asking } from "../../../runtime/store/remote/s3/ask.ts"

/** A server that speaks S3's protocol on this machine. */
export interface S3Server {
  readonly name: string
  readonly endpoint: string
  readonly access: S3Access
  readonly makeBucket: (bucket: string) => Promise<void>
  readonly stop: () => Promise<void>
}

export const key = "AKIDEXAMPLE"
export const secret = "wJalrXUtnFEMI-K7MDENG-bPxRfiCY"

const running = new Set<ChildProcess>()
const folders = new Set<string>()
afterAll(() => {
  for (const child of running) child.kill("SIGKILL")
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
})

export const newFolder = (): string => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-s3-")))
  folders.add(folder)
  return folder
}

/**
 * The path of a program; null where it is not installed. `extra` are folders besides those of PATH.
 */
const programAt = (name: string, extra: ReadonlyArray<string> = []): string | null => {
  const places = [...(process.env.PATH ?? "").split(path.delimiter), ...extra].map((folder) => path.join(folder, name))
  return places.find((place) => fs.existsSync(place)) ?? null
}

export const moto = programAt("moto_server")
export const versitygw = programAt("versitygw", [path.join(os.homedir(), "go", "bin")])

/** What is printed where a server is not installed, so that a reader sees what was not tested. */
export const notTested = (name: string): void => console.log(`not tested: ${name} is not installed`)

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

export const accessTo = (endpoint: string, secretAccessKey = secret, accessKeyId = key): S3Access => ({
  endpoint,
  region: "us-east-1",
  accessKeyId,
  secretAccessKey: Redacted.make(secretAccessKey),
  sessionToken: null,
})

const started = async (
  name: string,
  port: number,
  command: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
): Promise<S3Server> => {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "ignore"] })
  running.add(child)
  const endpoint = `http://127.0.0.1:${port}`
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries === 300 || child.exitCode !== null) throw new Error(`${name} does not start: ${command} ${args.join(" ")}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const access = accessTo(endpoint)
  return {
    name,
    endpoint,
    access,
    makeBucket: async (bucket) => void (await Effect.runPromise(asking({ bucket, prefix: "", access }).ask({ method: "PUT", key: "" }))),
    stop: () =>
      new Promise((resolve) => {
        running.delete(child)
        if (child.exitCode !== null) return resolve()
        child.once("exit", () => resolve())
        child.kill("SIGKILL")
      }),
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.destroy()
      resolve(true)
    })
    socket.on("error", () => resolve(false))
  })

/** In memory; it takes any secret. */
export const startMoto = async (): Promise<S3Server> => {
  const port = await freePort()
  return started("moto", port, moto ?? "moto_server", ["-p", String(port)], {})
}

/** On a folder, which outlives it; it knows one key. */
export const startVersitygw = async (folder: string, port?: number): Promise<S3Server> => {
  const at = port ?? (await freePort())
  const env = { ROOT_ACCESS_KEY: key, ROOT_SECRET_KEY: secret }
  return started("versitygw", at, versitygw ?? "versitygw", ["--port", `127.0.0.1:${at}`, "posix", folder], env)
}
