import { randomUUID } from "node:crypto"
import * as os from "node:os"
import type { Configuration } from "./configuration.ts"

/** Who sends: what OpenTelemetry calls a resource. */
export interface Resource {
  readonly serviceName: string
  readonly serviceVersion: string
  readonly attributes: Record<string, unknown>
}

/** This process, by OpenTelemetry's names. What the user gives goes over what is found out. */
export const resourceOf = ({ service, attributes }: Configuration, version: string): Resource => ({
  serviceName: service,
  serviceVersion: attributes["service.version"] ?? version,
  attributes: {
    "service.instance.id": randomUUID(),
    "host.name": os.hostname(),
    "host.arch": { x64: "amd64", ia32: "x86" }[os.arch()] ?? os.arch(),
    "os.type": os.platform() === "win32" ? "windows" : os.platform(),
    "process.pid": process.pid,
    "process.runtime.name": "nodejs",
    "process.runtime.version": process.version,
    ...attributes,
  },
})
