import { type CliError, CliOutput } from "effect/cli"
import { remark } from "./screen.ts"

/** Answers a wrong call with what is wrong and which help to read, instead of a page of help. */
export const usageErrorPresenter: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    const problems = event.errors.map(problem).join("; ")
    return remark(`assay: ${problems}; see "${event.commandPath.join(" ")} --help"`)
  },
}

const problem = (error: CliError.NonShowHelpErrors): string => {
  const [first = ""] = error.message.split("\n")
  const likely = "suggestions" in error ? error.suggestions : []
  return `${first.trim().replace(/[.:]$/, "")}${likely.length === 0 ? "" : ` (did you mean ${likely.join(" or ")}?)`}`
}
