import type { Connection } from "./connection.ts"
import { DeclarationError } from "./error.ts"

/**
 * Something that a stage or a plugin reads besides its inputs. The path of a file or folder starts
 * at the project root.
 */
export type Read = "network" | "clock" | "random" | "machine" | "processes" | `env:${string}` | `file:${string}`

/** What is read from outside, and what represents it in fingerprints. */
export interface Reads {
  /**
   * What it reads besides its inputs; anything undeclared is out of its reach. Results are not
   * cached, because a fingerprint cannot see a change there, unless `readsAs` represents what is
   * read: `reads: ["network", "env:API_KEY"], readsAs: "gpt-4o-2024-08-06"`.
   */
  readonly reads?: ReadonlyArray<Read>
  /** Represents what it reads in the fingerprint. Change it to run the stage again. */
  readonly readsAs?: string
  /**
   * Whether its answer comes from outside and cannot be had again bit for bit, such as a language
   * model's behind a server. The first answer is then kept under a key of what is declared:
   * `verify` does not repeat it, and `assay run --refresh <stage>` asks again. Implied by a server
   * in `connect`.
   */
  readonly recorded?: boolean
  /** The server or the program that it asks, by `server(…)` or `program(…)`. */
  readonly connect?: Connection
}

/** Whether results are recorded rather than computed. */
export const isRecorded = ({ recorded, connect }: Pick<Reads, "recorded" | "connect">): boolean => recorded ?? connect?.kind === "server"

/** Throws a DeclarationError, which begins with `owner`, where they make no sense. */
export const checkReads = (owner: string, { reads = [], readsAs, recorded, connect }: Reads): void => {
  const unknown = reads.find((read) => !/^(network|clock|random|machine|processes|(env|file):.+)$/.test(read))
  if (unknown !== undefined)
    throw new DeclarationError({
      message: `${owner}: reads contains "${unknown}": expected network, clock, random, machine, processes, env:NAME or file:PATH`,
    })
  if (recorded !== undefined && typeof recorded !== "boolean")
    throw new DeclarationError({ message: `${owner}: recorded is ${JSON.stringify(recorded)}: expected true or false` })
  if (recorded === false && connect?.kind === "server")
    throw new DeclarationError({
      message: `${owner}: what a server answers cannot be had again bit for bit, so it is recorded: leave \`recorded\` out`,
    })
  if (connect !== undefined && connect?.kind !== "server" && connect?.kind !== "program")
    throw new DeclarationError({ message: `${owner}: connect expects server({ … }) or program({ … })` })
  if (readsAs !== undefined && reads.length === 0)
    throw new DeclarationError({
      message: `${owner}: readsAs is "${readsAs}", but reads is empty: declare what it represents, or remove readsAs`,
    })
}
