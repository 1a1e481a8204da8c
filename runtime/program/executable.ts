import * as path from "node:path"

/**
 * Where a program is: a name is looked for on the PATH, and a path such as `.venv/bin/python`
 * starts at the folder.
 */
export const executablePath = (program: string, folder: string): string => (program.includes("/") ? path.resolve(folder, program) : program)
