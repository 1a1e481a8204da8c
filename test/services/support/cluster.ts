import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, onTestFailed } from "vitest"
import type { RunEvent } from "../../../runtime/index.ts"
import { type Ended, type Started, signalAll, startProcess } from "../../slow/toy.ts"

/** Real processes of `assay` that meet in a database and share a store. */

const assayRoot = path.resolve(import.meta.dirname, "../../..")
const launcher = path.join(assayRoot, "cli/assay.mjs")

/** A running process of the command. */
export interface Command extends Started {
  readonly stdout: () => string
  readonly stderr: () => string
  /** Its events so far, of a command with `--json`. */
  readonly events: () => ReadonlyArray<RunEvent>
}

export interface Worker extends Command {
  /** `host:pid`, by which events and `assay workers` name it. */
  readonly name: string
  /** Ends it and its stages at once. */
  readonly kill: () => Promise<void>
  /** SIGSTOP and SIGCONT, of its stages too. */
  readonly freeze: () => void
  readonly thaw: () => void
}

export interface Cluster {
  /** The project that runs are submitted from. */
  readonly root: string
  readonly store: string
  readonly write: (file: string, text: string) => void
  /** Starts a command in the project. */
  readonly start: (args: ReadonlyArray<string>, environment?: Environment) => Command
  /** Runs a command to its end. */
  readonly assay: (args: ReadonlyArray<string>, environment?: Environment) => Promise<Ended>
  /** Submits a pipeline and prints its events. */
  readonly run: (pipeline?: string, environment?: Environment) => Command
  /** Starts a worker, and waits until it has joined. */
  readonly worker: (options?: Partial<WorkerOptions>) => Promise<Worker>
  /** Runs a pipeline on this machine alone, into a store of its own. Returns that store. */
  readonly local: (pipeline?: string, threads?: number) => Promise<string>
  /** Interrupts every worker, and waits for their ends. */
  readonly stop: () => Promise<void>
}

type Environment = Readonly<Record<string, string>>

export interface WorkerOptions {
  readonly args: ReadonlyArray<string>
  readonly environment: Environment
  /** Files of the worker's own project, which has none of the pipeline's sources. */
  readonly files: Readonly<Record<string, string>>
  /** What starts it, such as `ip netns exec …`. */
  readonly through: ReadonlyArray<string>
}

const made = new Set<string>()
const started = new Set<Command>()
afterAll(() => {
  for (const each of started) signalAll(each.process, "SIGKILL")
  for (const root of made) fs.rmSync(root, { recursive: true, force: true })
})

const newFolder = (): string => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-cluster-")))
  made.add(folder)
  return folder
}

const writeIn = (root: string, files: Readonly<Record<string, string>>): void => {
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    fs.writeFileSync(path.join(root, file), text)
  }
}

/**
 * A project with these files, whose runs go to the database. What it starts is shown if a test
 * fails. `environment` may name a store other than a folder of the project.
 */
export const openCluster = (database: string, files: Readonly<Record<string, string>>, environment: Environment = {}): Cluster => {
  const root = newFolder()
  const store = path.join(root, ".assay")
  writeIn(root, { "package.json": "{}", ...files })
  const shared = { ASSAY_DATABASE_URL: database, ASSAY_STORE: store, ASSAY_THREADS: "1", ...environment }
  const mine = new Set<Command>()
  const launch = (title: string, program: string, args: ReadonlyArray<string>, cwd: string, environment: Environment): Command => {
    const command = follow(startProcess(program, args, cwd, { ...shared, ...environment }))
    started.add(command)
    mine.add(command)
    void command.ended.then(() => started.delete(command))
    onFailure(() =>
      console.log(`--- ${title} (${command.process.pid})\n${command.stdout().slice(-3000)}\n${command.stderr().slice(-6000)}`),
    )
    return command
  }
  const start: Cluster["start"] = (args, environment = {}) =>
    launch(args.join(" "), process.execPath, [launcher, ...args], root, environment)
  return {
    root,
    store,
    write: (file, text) => writeIn(root, { [file]: text }),
    start,
    assay: (args, environment) => start(args, environment).ended,
    run: (pipeline = "pipeline.ts", environment = {}) => start(["run", "--cluster", "--json", pipeline], environment),
    worker: async ({ args = [], environment = {}, files: own = {}, through = [] } = {}) => {
      const folder = newFolder()
      writeIn(folder, { "package.json": "{}", ...own })
      const [program = "", ...rest] = [...through, process.execPath, launcher, "worker", ...args]
      const command = launch("worker", program, rest, folder, environment)
      const hasJoined = await until(
        () => /joined with/.test(command.stderr()),
        60,
        () => command.process.exitCode !== null,
      )
      if (!hasJoined) throw new Error(`a worker does not join: ${command.stderr()}`)
      return asWorker(command)
    },
    local: async (pipeline = "pipeline.ts", threads = 2) => {
      const alone = path.join(root, ".alone")
      const { code, stderr } = await start(["run", pipeline], { ASSAY_STORE: alone, ASSAY_THREADS: String(threads) }).ended
      if (code !== 0) throw new Error(`the local run ends with ${code}: ${stderr}`)
      return alone
    },
    stop: async () => {
      const running = [...mine].filter(({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null)
      for (const { process: child } of running) child.kill("SIGTERM")
      const isOver = Promise.all(running.map(({ ended }) => ended)).then(() => true)
      if (await Promise.race([isOver, sleep(60_000, false, { ref: false })])) return
      const left = running.find(({ process: child }) => child.exitCode === null && child.signalCode === null)
      throw new Error(`${left?.process.spawnargs.join(" ")} does not end on SIGTERM: ${left?.stderr().slice(-2000)}`)
    },
  }
}

/** Tests that are over cannot fail any more; what is started outside of tests is not shown. */
const onFailure = (show: () => void): void => {
  try {
    onTestFailed(show)
  } catch {
    // Started by a hook.
  }
}

const follow = (process: Started): Command => {
  const text = { stdout: "", stderr: "" }
  for (const stream of ["stdout", "stderr"] as const)
    process.process[stream]?.on("data", (chunk: string) => {
      text[stream] += chunk
    })
  return {
    ...process,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    events: () => eventsIn(text.stdout),
  }
}

/** The lines that are whole. */
export const eventsIn = (stdout: string): ReadonlyArray<RunEvent> =>
  stdout
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as RunEvent)

const asWorker = (command: Command): Worker => ({
  ...command,
  name: `${os.hostname()}:${command.process.pid}`,
  kill: async () => {
    signalAll(command.process, "SIGKILL")
    await command.ended
  },
  freeze: () => signalAll(command.process, "SIGSTOP"),
  thaw: () => signalAll(command.process, "SIGCONT"),
})

/** Waits until something holds; false if it does not within the seconds, or is given up before. */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  seconds = 30,
  isHopeless: () => boolean = () => false,
): Promise<boolean> => {
  const end = performance.now() + seconds * 1000
  while (!(await holds())) {
    if (performance.now() > end || isHopeless()) return false
    await sleep(20)
  }
  return true
}

/** The events of a type. */
export const ofType = <T extends RunEvent["type"]>(
  events: ReadonlyArray<RunEvent>,
  type: T,
): ReadonlyArray<Extract<RunEvent, { type: T }>> => events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)
