import { Effect } from "effect"
import type { BadRegistration } from "../error.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { designOf } from "./design.ts"
import { differences } from "./difference.ts"
import { readRegistrations, registrationFile } from "./file.ts"

/** How a pipeline stands to its last registration. */
export interface Registered {
  readonly hash: string
  /** ISO 8601. */
  readonly registered: string
  /** What is different now, in words; empty if nothing is. */
  readonly differences: ReadonlyArray<string>
}

/** How a pipeline stands to its registration; null if it has none. */
export const checkRegistration = (
  { path, graph }: LoadedPipeline,
  graphCode: Pick<GraphCode, "parts" | "outside">,
): Effect.Effect<Registered | null, BadRegistration> =>
  Effect.map(readRegistrations(registrationFile(path)), (file) => {
    const last = file?.registrations.at(-1)
    if (last === undefined) return null
    return { hash: last.hash, registered: last.registered, differences: differences(last, designOf(graph, graphCode)) }
  })
