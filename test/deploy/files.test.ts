/** Files for containers and schedulers agree with the command, and give nothing away. */

import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { expect, test } from "vitest"
import { parse } from "yaml"
import { helpOf } from "../../docs/generate/cli.ts"

const root = resolve(import.meta.dirname, "../..")
const read = (file: string): string => readFileSync(join(root, file), "utf8")

const files = readdirSync(join(root, "deploy"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
  .sort()

/** The variables that Assay's settings declare. */
const known = new Set(
  ["runtime/settings.ts", "runtime/store/remote/s3/access.ts"].flatMap((file) =>
    [...read(file).matchAll(/^ {2}readonly ((?:ASSAY|AWS)_[A-Z0-9_]+)\?:/gm)].map(([, name = ""]) => name),
  ),
)

interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: Readonly<Record<string, Readonly<Record<string, string>>>>
}
interface Container {
  readonly image: string
  readonly args: ReadonlyArray<string>
  readonly env: ReadonlyArray<Variable>
  readonly resources: Readonly<Record<"requests" | "limits", Readonly<Record<string, string>>>>
  readonly securityContext: object
  readonly volumeMounts: ReadonlyArray<{ readonly name: string; readonly mountPath: string }>
}
interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly spec: {
    readonly selector?: { readonly matchLabels: object }
    readonly template: {
      readonly metadata: { readonly labels: object }
      readonly spec: {
        readonly restartPolicy?: string
        readonly terminationGracePeriodSeconds: number
        readonly securityContext: { readonly runAsNonRoot: boolean; readonly runAsUser: number }
        readonly containers: readonly [Container]
        readonly volumes: ReadonlyArray<{ readonly name: string }>
      }
    }
  }
}

const manifests = ["worker", "job"].map((name) => [name, parse(read(`deploy/kubernetes/${name}.yaml`)) as Manifest] as const)

const flagsOfWorker = async (): Promise<ReadonlySet<string>> => new Set((await helpOf("worker")).flags.map(({ name }) => `--${name}`))

/** Words of a command that are flags. */
const flagsIn = (words: ReadonlyArray<string>): ReadonlyArray<string> => words.filter((word) => word.startsWith("--"))

test("variables that they set are variables that Assay reads", () => {
  expect(known).toContain("ASSAY_DATABASE_URL")
  const used = files.flatMap((file) => [...read(file).matchAll(/\b(?:ASSAY|AWS)_[A-Z0-9_]+\b/g)].map(([name]) => `${file}: ${name}`))
  expect(used.length).toBeGreaterThan(30)
  expect(used.filter((use) => !known.has(use.split(": ")[1] ?? ""))).toEqual([])
})

test("no credential is written down", () => {
  for (const [, { spec }] of manifests)
    for (const { name, value } of spec.template.spec.containers[0].env)
      if (/URL$|KEY|SECRET/.test(name)) expect([name, value]).toEqual([name, undefined])
  const { services } = parse(read("deploy/compose.yaml")) as {
    readonly services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>
  }
  const secrets = Object.values(services).flatMap(({ environment = {} }) =>
    Object.entries(environment).filter(([name]) => /PASSWORD|SECRET|DATABASE_URL/.test(name)),
  )
  expect(secrets).toHaveLength(4)
  for (const [name, value] of secrets) expect([name, value]).toEqual([name, expect.stringMatching(/\$\{[A-Z0-9_]+:\?[^}]+\}/)])
})

test.each(manifests)("%s.yaml is what Kubernetes takes, as an ordinary user, within limits", async (_, { apiVersion, kind, spec }) => {
  expect({ Deployment: "apps/v1", Job: "batch/v1" }[kind]).toBe(apiVersion)
  const { template, selector } = spec
  if (kind === "Deployment") expect(template.metadata.labels).toMatchObject(selector?.matchLabels ?? { missing: true })
  else expect(template.spec.restartPolicy).toBe("Never")
  const [{ args, env, resources, volumeMounts }] = template.spec.containers
  expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 })
  expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10)
  expect(resources.limits).toEqual(resources.requests)
  for (const { name, valueFrom } of env) {
    const source = valueFrom?.resourceFieldRef?.resource
    if (source !== undefined) expect(resources.limits, name).toHaveProperty([source.replace("limits.", "")])
  }
  expect(volumeMounts.map(({ name }) => name)).toEqual(template.spec.volumes.map(({ name }) => name))
  expect(args[0]).toBe("worker")
  const flags = await flagsOfWorker()
  expect(flagsIn(args).filter((flag) => !flags.has(flag))).toEqual([])
  expect(args.includes("--until-idle")).toBe(kind === "Job")
})

test("Compose starts what the workers wait for, from images with a version, and opens ports to this machine alone", () => {
  const { services, volumes } = parse(read("deploy/compose.yaml")) as {
    readonly volumes: object
    readonly services: Readonly<
      Record<
        string,
        {
          readonly image: string
          readonly ports?: ReadonlyArray<string>
          readonly volumes?: ReadonlyArray<string>
          readonly depends_on?: object
          readonly build?: { readonly context: string; readonly dockerfile: string }
        }
      >
    >
  }
  for (const [name, { image, build, ports = [], depends_on = {}, volumes: mounts = [] }] of Object.entries(services)) {
    if (build === undefined) expect(image, name).toMatch(/:[v\d][\d.]*$/)
    else expect(files).toContain(build.dockerfile)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    for (const other of Object.keys(depends_on)) expect(services).toHaveProperty(other)
    for (const mount of mounts) expect(volumes).toHaveProperty(mount.split(":")[0] ?? "")
  }
})

test("Slurm's script calls a worker by flags that it has", async () => {
  const call = /assay\.mjs (worker .*) &$/m.exec(read("deploy/slurm/workers.sh"))?.[1] ?? ""
  const flags = await flagsOfWorker()
  expect(flagsIn(call.split(" "))).toEqual(["--until-idle", "--idle-seconds"])
  expect(flagsIn(call.split(" ")).filter((flag) => !flags.has(flag))).toEqual([])
})

test("they are in the package", () => {
  expect(JSON.parse(read("package.json")).files).toContain("deploy")
})
