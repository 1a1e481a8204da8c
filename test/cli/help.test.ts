import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { CliConfig, CliOutput, Command, GlobalFlag } from "effect/cli"
import { TestConsole } from "effect/testing"
import { expect, test } from "vitest"
import { assay } from "../../cli/grammar.ts"
import { Invocation } from "../../cli/invocation.ts"
import { helpFormatter } from "../../cli/print/help.ts"

/** The help of a verb, or without one of the command, as lines. */
const helpOf = async (...verb: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const services = Layer.mergeAll(
    NodeServices.layer,
    TestConsole.layer,
    Invocation.layer(process.cwd()),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
    CliOutput.layer(helpFormatter),
  )
  const shown = Effect.gen(function* () {
    yield* Effect.ignore(Command.runWith(assay, { version: "0" })([...verb, "--help"]))
    return (yield* TestConsole.logLines).join("\n").split("\n")
  })
  return Effect.runPromise(Effect.provide(shown, services))
}

const verbs =
  "init run plan register why diff power graph runs ls profile show compare export lineage report ui replay verify pin unpin push pull gc worker workers cancel engine doctor".split(
    " ",
  )

test("help names every verb, and fits 80 columns", async () => {
  const lines = await helpOf()
  const listed = lines.slice(lines.indexOf("SUBCOMMANDS") + 1).map((line) => line.trim().split(" ")[0])
  expect(listed).toEqual(verbs)
  expect(lines.filter((line) => line.length > 80)).toEqual([])
})

test.each(verbs)("the help of %s fits 80 columns and has an example of it", async (verb) => {
  const lines = await helpOf(verb)
  expect(lines).toContain("USAGE")
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  expect(lines.filter((line) => !/^( {2}|[A-Z]|$)/.test(line))).toEqual([])
  expect(lines.slice(lines.indexOf("EXAMPLES"))).toContainEqual(expect.stringMatching(`^  assay ${verb}( |$)`))
})
