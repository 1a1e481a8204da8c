import { Effect } from "effect"
import { CliOutput } from "effect/cli"
import { remark } from "./screen.ts"

/** A wrong invocation is answered by what is wrong and where to read on, not by a page of help. */
export const onlyTheError: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    const help = `${event.commandPath.join(" ")} --help`
    return Effect.forEach(event.errors, ({ message }) => remark(`assay: ${oneLine(message)}; see "${help}"`), { discard: true })
  },
}

const oneLine = (message: string): string =>
  message
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join(" ")
    .replace(/\.$/, "")
