import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { NpmPin, WheelPin } from "../../runtime/engines/pins.ts"
import type { ProgramNotStarted } from "../../runtime/execute/command/process.ts"
import { DiskFull, EngineNotInstalled } from "../error.ts"
import { runTool, type ToolEnd } from "./tools.ts"

/** Where packages are downloaded to, and from where registries are configured. */
export interface Workplace {
  /** The name of the engine, for messages. */
  readonly engine: string
  /** The folder in which it is being built. */
  readonly draft: string
  /**
   * The working directory of the command: an .npmrc or pip.conf there names the user's registry.
   */
  readonly project: string
}

/** For what tools write besides their results: on the disk of the draft, and gone with it. */
export const scratch = ({ draft }: Workplace): string => path.join(draft, "scratch")

/** The variables of all tools of an installation. */
export const variables = (workplace: Workplace): Readonly<Record<string, string>> => ({
  TMPDIR: scratch(workplace),
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIP_NO_INPUT: "1",
})

/**
 * Wheels for any Python: only libraries and headers are taken out of them. `pip download` looks for
 * those of one version.
 */
const pythonVersion = "3.11"
const platforms = ["manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014", "manylinux_2_12", "manylinux2010"]

/** Downloads a wheel, and returns its path. pip compares its hash with the pin. */
export const downloadWheel = Effect.fn("downloadWheel")(function* (pin: WheelPin, workplace: Workplace) {
  const folder = emptyFolder(workplace, pin)
  const requirements = path.join(folder, "requirements.txt")
  fs.writeFileSync(requirements, `${pin.name}==${pin.version} --hash=sha256:${pin.sha256}\n`)
  const ended = yield* runTool(
    [
      "python3",
      ...["-m", "pip", "download", "--quiet", "--no-cache-dir", "--retries", "2", "--no-deps", "--only-binary=:all:", "--require-hashes"],
      ...["--python-version", pythonVersion, ...platforms.flatMap((platform) => ["--platform", `${platform}_x86_64`])],
      ...["--dest", folder, "--requirement", requirements],
    ],
    workplace.project,
    variables(workplace),
  ).pipe(Effect.catchTag("ProgramNotStarted", vanished(workplace, "python3")))
  if (ended.code !== 0) return yield* refusal(workplace, `pip cannot download ${pin.name} ${pin.version}`, ended)
  const wheel = fs.readdirSync(folder).find((name) => name.endsWith(".whl"))
  if (wheel === undefined) return yield* refusal(workplace, `pip downloaded no wheel of ${pin.name} ${pin.version}`, ended)
  return path.join(folder, wheel)
})

/**
 * Downloads a package of npm as a tarball, compares its hash with the pin, and returns its path.
 */
export const downloadTarball = Effect.fn("downloadTarball")(function* (pin: NpmPin, workplace: Workplace) {
  const folder = emptyFolder(workplace, pin)
  const ended = yield* runTool(
    [
      "npm",
      "pack",
      `${pin.name}@${pin.version}`,
      "--pack-destination",
      folder,
      "--ignore-scripts",
      "--fetch-retries=1",
      "--loglevel=error",
    ],
    workplace.project,
    variables(workplace),
  ).pipe(Effect.catchTag("ProgramNotStarted", vanished(workplace, "npm")))
  if (ended.code !== 0) return yield* refusal(workplace, `npm cannot download ${pin.name} ${pin.version}`, ended)
  const name = fs.readdirSync(folder).find((each) => each.endsWith(".tgz"))
  if (name === undefined) return yield* refusal(workplace, `npm downloaded no tarball of ${pin.name} ${pin.version}`, ended)
  const tarball = path.join(folder, name)
  const found = createHash("sha512").update(fs.readFileSync(tarball)).digest("base64")
  if (found !== pin.sha512) return yield* wrongHash(workplace, `${pin.name} ${pin.version}`, `sha512 ${pin.sha512}, found ${found}`)
  return tarball
})

const emptyFolder = (workplace: Workplace, { name }: { readonly name: string }): string => {
  const folder = path.join(scratch(workplace), name.replaceAll("/", "-"))
  fs.mkdirSync(folder, { recursive: true })
  return folder
}

const vanished =
  ({ engine }: Workplace, tool: string) =>
  ({ message }: ProgramNotStarted) =>
    Effect.fail(new EngineNotInstalled({ engine, message: `${tool} ${message}` }))

const wrongHash = ({ engine }: Workplace, what: string, difference: string) =>
  new EngineNotInstalled({
    engine,
    message: `${what} is not the file that Assay expects (${difference}); nothing was installed. The registry, or a proxy in front of it, serves something else`,
  })

/** Lines of a tool's output that a message repeats. */
const linesShown = 5

/** Why a tool failed, in words of the matter where its output is understood. */
export const refusal = (workplace: Workplace, what: string, { text, code, signal }: ToolEnd): DiskFull | EngineNotInstalled => {
  const { engine, draft } = workplace
  const lines = text.trim().split("\n")
  const said = lines
    .filter((line) => !line.startsWith("WARNING: Retrying"))
    .slice(-linesShown)
    .join("\n")
  if (/No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/.test(text))
    return new DiskFull({ message: `${what}: the disk of ${path.dirname(draft)} is full; nothing was installed` })
  if (/DO NOT MATCH THE HASHES|EINTEGRITY/.test(text))
    return wrongHash(
      workplace,
      what.replace(/^\w+ cannot download /, ""),
      text.match(/Expected sha\d+ \S+\s+Got\s+\S+/)?.[0].replace(/\s+/g, " ") ?? "its hash differs",
    )
  if (unreachable.test(text))
    return new EngineNotInstalled({
      engine,
      message: `${what}: the registry cannot be reached, or does not have it. Check the network, and the proxy and registry that ${what.split(" ")[0]} is configured with; then run the same command again. It said:\n${said}`,
    })
  const end = signal === null ? `exit code ${code}` : signal
  return new EngineNotInstalled({ engine, message: `${what} (${end}); nothing was installed. It said:\n${said}` })
}

/** What pip and npm print where a registry cannot be reached. */
const unreachable =
  /from versions: none|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries|E404|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/
