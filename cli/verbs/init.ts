import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option } from "effect"
import { writeAtomically } from "../../runtime/disk/write.ts"
import { ProjectNotWritable } from "../error.ts"
import { projectFiles } from "../init/files.ts"
import { modulePackageJson } from "../init/package-json.ts"
import { Invocation } from "../invocation.ts"
import type { Options } from "../options.ts"
import { print, printJson } from "../print/screen.ts"

export const init = Effect.fn("assay init")(function* ({ folder, json }: Options<"init">) {
  const { assayRoot, workingDirectory } = yield* Invocation
  const root = path.resolve(
    workingDirectory,
    Option.getOrElse(folder, () => "."),
  )
  // What cannot be done is refused before anything is written.
  const file = path.join(root, "package.json")
  const text = yield* attempt(root, () => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "{}"))
  const packageJson = yield* modulePackageJson(file, text)
  const { written, kept } = yield* attempt(root, () => writeMissing(root, projectFiles(assayRoot)))
  if (packageJson !== null) yield* attempt(root, () => writeAtomically(file, packageJson))
  if (json) return yield* printJson({ folder: root, written, kept, packageJson: packageJson === null ? "kept" : "written" })
  for (const name of written) yield* print(`wrote  ${name}`)
  for (const name of kept) yield* print(`kept   ${name}, which is there already`)
  yield* print(packageJson === null ? 'kept   package.json, which has "type": "module"' : 'set    "type": "module" in package.json')
  yield* print(nextSteps(path.relative(workingDirectory, root)))
})

/** Writes the files that are not there yet, and never over one that is. */
const writeMissing = (root: string, files: ReadonlyMap<string, string>) => {
  const written: Array<string> = []
  const kept: Array<string> = []
  fs.mkdirSync(root, { recursive: true })
  for (const [name, text] of files) {
    const file = path.join(root, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    try {
      fs.writeFileSync(file, text, { flag: "wx" })
      written.push(name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
      kept.push(name)
    }
  }
  return { written, kept }
}

/** What the file system refuses is a failure that names the folder. */
const attempt = <A>(root: string, work: () => A): Effect.Effect<A, ProjectNotWritable> =>
  Effect.try({
    try: work,
    catch: (error) => {
      if (!(error instanceof Error && "code" in error)) throw error
      const message = `${root}: expected a folder to write a project to, found that ${error.message}; name another with "assay init <folder>"`
      return new ProjectNotWritable({ path: root, message })
    },
  })

const nextSteps = (folder: string): string => `
Next:${folder === "" ? "" : `\n  cd ${folder}`}
  npx assay run             run pipeline.ts, in about half a minute
  npx assay show lengths    look at what the stage of your own made
  npx assay plan            say what would run now: nothing
Then change beta in pipeline.ts: what depends on it runs again, nothing else.
  npx tsc --noEmit          check types; needs "npm install typescript"`
