import { duration } from "../../runtime/observe/format.ts"
import type { EarlierRegistration, Proof } from "../registration/proof.ts"
import { pluralize } from "./number.ts"

/**
 * The registration of a run, as Markdown: when it was written and committed, when the first stage
 * after it began, how many results are older, in what the run differs from it, and which verdicts
 * earlier registrations had given.
 */
export const formatProof = (proof: Proof): string =>
  ["### Registration", ...(proof.recorded === null ? unregistered(proof) : registered(proof, proof.recorded))].join("\n\n")

const unregistered = ({ file, hasClaims, later, problem }: Proof): ReadonlyArray<string> => [
  hasClaims ? "This run was not registered: its claims may have been chosen after results were known." : "This run was not registered.",
  ...(later.length === 0 ? [] : [`\`${file}\` holds ${pluralize(later.length, "registration")}, but did not when the run began.`]),
  ...(problem === null ? [] : [problem]),
]

const registered = (proof: Proof, recorded: NonNullable<Proof["recorded"]>): ReadonlyArray<string> => {
  const { file, registration, results, introduced, problem, later, earlier } = proof
  const commit = registration?.commit
  const rows = [
    ["registration", recorded.hash],
    ["registered", second(recorded.registered)],
    ["at commit", commit == null ? "unknown" : `${commit.id}${commit.changed ? ", with changes that were not committed" : ""}`],
    ["first committed", firstCommitted(introduced, results.first)],
    ["first stage after it", results.first === null ? "none" : firstStage(results.first, recorded.registered)],
    ["older results", `${results.older} of ${pluralize(results.count, "result")} are older than the registration`],
  ]
  return [
    table(["", ""], rows),
    ...(registration === null ? [problem ?? `\`${file}\` does not hold this registration any more: restore it from the repository.`] : []),
    ...(registration !== null && registration.registered !== recorded.registered
      ? [
          `\`${file}\` now says that it was registered ${second(registration.registered)}; when the run began it said ${second(recorded.registered)}.`,
        ]
      : []),
    ...(registration === null || registration.before.runs === 0
      ? []
      : [
          `Before it was registered, the pipeline had been run ${times(registration.before.runs)} in this store; ${pluralize(registration.before.results, "result")} of it were there, ${registration.before.evidence} of them of stages that claims read.`,
        ]),
    recorded.differences.length === 0
      ? "The run is what was registered: the same claims, parameters, wiring and code."
      : ["**The run is not what was registered:**", "", ...recorded.differences.map((text) => `- ${inline(text)}`)].join("\n"),
    ...(later.length === 0 ? [] : [`It was registered again after that run: ${later.map(second).join(", ")}.`]),
    ...(registration?.missing === undefined
      ? []
      : [`Runs had been registered under hashes that the file did not hold: ${registration.missing.join(", ")}.`]),
    ...earlier.flatMap(formatEarlier),
  ]
}

/** A replaced registration: what was changed after it, and the verdicts that it had given. */
const formatEarlier = ({ registration: { hash, registered, verdicts }, different }: EarlierRegistration): ReadonlyArray<string> => {
  const name = `The registration of ${second(registered)} (${hash.slice(0, 12)})`
  if (verdicts === undefined) return [`${name} was replaced, and no verdict of it is kept.`]
  const count = verdicts.reduce((sum, { rows }) => sum + rows.length, 0)
  if (different.length === 0) return [`${name} was replaced; it had given the same ${pluralize(count, "verdict")}.`]
  return [
    `${name} was replaced; ${different.length} of the ${pluralize(count, "verdict")} that it had given differ:`,
    table(
      ["claim", "verdict then", "verdict now"],
      different.map(({ claim, before, after }) => [inline(claim), before, after ?? "no longer asked"]),
    ),
  ]
}

/** A commit that is later than the first stage shows nothing of what was fixed before. */
const firstCommitted = (introduced: Proof["introduced"], first: number | null): string => {
  if (introduced === null) return "not yet: nothing but the file itself says when it was written"
  const { commit, date, branches } = introduced
  const where = branches.length === 0 ? "which is on no remote branch that this clone knows" : `on ${branches.join(", ")}`
  const late = first !== null && Date.parse(date) > first ? "; **later than the first stage**" : ""
  return `in ${commit}, ${second(date)}, ${where}${late}`
}

const firstStage = (first: number, registered: string): string =>
  `began ${second(new Date(first).toISOString())}, ${duration((first - Date.parse(registered)) / 1000)} later`

const times = (count: number): string => (count === 1 ? "once" : `${count} times`)

/** `2026-11-29 12:34:56 UTC` */
const second = (instant: string): string => `${instant.slice(0, 19).replace("T", " ")} UTC`

const inline = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
