import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Project } from "./project.ts"

/** How another tool declares and runs chains of stages that only write one small file. */
interface Peer {
  readonly name: string
  readonly files: (count: number) => Readonly<Record<string, string>>
  /**
   * Makes it accept outputs that were made by hand, if its own first run takes a quarter of an
   * hour.
   */
  readonly adopt?: ReadonlyArray<ReadonlyArray<string>>
  readonly run: ReadonlyArray<string>
}

const length = 100

/** The number of the previous stage, in chains of a hundred; null for the first. */
const before = (n: number): number | null => (n % length === 0 ? null : n - 1)

const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, n) => n)

const peers: ReadonlyArray<Peer> = [
  {
    name: "dvc",
    files: (count) => ({
      "dvc.yaml": [
        "stages:",
        ...numbers(count).flatMap((n) => [
          `  s${n}:`,
          `    cmd: echo ${n} > ${n}.txt`,
          ...(before(n) === null ? [] : [`    deps: [${before(n)}.txt]`]),
          `    outs: [${n}.txt]`,
        ]),
      ].join("\n"),
    }),
    adopt: [
      ["dvc", "init", "--no-scm", "--quiet"],
      ["dvc", "commit", "--force", "--quiet"],
    ],
    run: ["dvc", "repro", "--quiet"],
  },
  {
    name: "snakemake",
    files: (count) => ({
      Snakefile: [
        `rule all:\n    input: ${numbers(count / length)
          .map((chain) => `"${chain * length + length - 1}.txt"`)
          .join(", ")}`,
        ...numbers(count).map(
          (n) =>
            `rule s${n}:\n${before(n) === null ? "" : `    input: "${before(n)}.txt"\n`}    output: "${n}.txt"\n    run:\n        open(output[0], "w").write("${n}")`,
        ),
      ].join("\n"),
    }),
    adopt: [["snakemake", "--cores", "2", "--quiet", "all", "--touch"]],
    run: ["snakemake", "--cores", "2", "--quiet", "all"],
  },
  {
    name: "redun",
    files: (count) => ({
      "workflow.py": [
        "from redun import File, task",
        'redun_namespace = "bench"',
        "@task()",
        "def noop(n: int, before: File = None) -> File:",
        '    file = File(f"{n}.txt")',
        "    file.write(str(n))",
        "    return file",
        "@task()",
        "def main():",
        "    ends = []",
        `    for chain in range(${count / length}):`,
        "        before = None",
        `        for n in range(${length}):`,
        `            before = noop(chain * ${length} + n, before)`,
        "        ends.append(before)",
        "    return ends",
      ].join("\n"),
    }),
    run: ["redun", "run", "workflow.py", "main"],
  },
]

/** The seconds of a rerun without changes, or why they could not be measured. */
export interface Rerun {
  readonly name: string
  readonly seconds: number | string
}

/**
 * Reruns one graph of trivial stages without changes, by Assay and by each peer on the PATH, in
 * turns; the fastest of three counts.
 */
export const reruns = async (project: Project, count: number): Promise<ReadonlyArray<Rerun>> => {
  await project.assay("run", `noop-${count}.ts`)
  const ready = peers.map((peer) => ({ peer, folder: prepared(project, peer, count) }))
  const best = new Map<string, number>()
  for (let turn = 0; turn < 3; turn++) {
    const { seconds } = await project.assay("run", `noop-${count}.ts`)
    best.set("assay", Math.min(seconds, best.get("assay") ?? Number.POSITIVE_INFINITY))
    for (const { peer, folder } of ready) {
      if (typeof folder !== "string") continue
      const start = performance.now()
      call(peer.run, folder)
      const seconds = (performance.now() - start) / 1000
      best.set(peer.name, Math.min(seconds, best.get(peer.name) ?? Number.POSITIVE_INFINITY))
    }
  }
  return [
    { name: "assay", seconds: best.get("assay") ?? Number.NaN },
    ...ready.map(({ peer: { name }, folder }) => ({ name, seconds: best.get(name) ?? (folder as { readonly absent: string }).absent })),
  ]
}

/** Makes a folder in which the peer has run everything once. */
const prepared = ({ root }: Project, { name, files, adopt, run }: Peer, count: number): string | { readonly absent: string } => {
  if (spawnSync(name, ["--version"], { stdio: "ignore" }).error !== undefined)
    return { absent: `not installed: pip install ${name}, and put it on the PATH` }
  const folder = path.join(root, name)
  fs.mkdirSync(folder)
  for (const [file, text] of Object.entries(files(count))) fs.writeFileSync(path.join(folder, file), `${text}\n`)
  console.error(`first run of ${name} …`)
  if (adopt !== undefined) for (const n of numbers(count)) fs.writeFileSync(path.join(folder, `${n}.txt`), `${n}\n`)
  for (const command of adopt ?? []) call(command, folder)
  call(run, folder)
  return folder
}

const call = ([program = "", ...arguments_]: ReadonlyArray<string>, cwd: string): void => {
  const { status, stderr, error } = spawnSync(program, arguments_, { cwd, encoding: "utf8", maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${program} ${arguments_.join(" ")} ended with ${status}: ${error?.message ?? stderr.slice(-2000)}`)
}
