import { type Command, type CommandOptions, readCommand } from "./connection.ts"
import { DeclarationError } from "./error.ts"

/** What a program finds in its folder besides the files that it declares. */
const reserved = new Set(["inputs", "outputs", "parameters.json"])

/**
 * The command of a stage with its defaults. Its files are copied into the folder in which it runs,
 * under their paths from the project root: they lie in the project, and none has the name of what
 * the stage puts there. Throws a DeclarationError, which begins with `owner`.
 */
export const readStageCommand = (owner: string, options: CommandOptions): Command => {
  const command = readCommand(owner, options)
  for (const file of command.files) {
    const parts = file.split("/").filter((part) => part !== "" && part !== ".")
    if (file.startsWith("/") || parts.includes("..") || parts.length === 0)
      throw new DeclarationError({
        message: `${owner}: files has "${file}": expected a file or a folder inside of the project, by its path from the project root. What lies elsewhere is an input, by file(…)`,
      })
    if (reserved.has(parts[0] as string))
      throw new DeclarationError({
        message: `${owner}: files has "${file}": "${parts[0]}" is what the stage puts into the folder of its program: rename yours`,
      })
  }
  return command
}
