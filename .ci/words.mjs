/**
 * How the project writes: phrases to lose, the width of comments, and the subjects of the newest
 * commits where there is a repository. Takes files, else checks all. Exits with 1 if it found any.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const [commentWidth, subjectLength] = [100, 72]
const habits = [
  [/(?<!there )\bis no (?:pipeline|table|artifact|file|folder|stage|number|text|policy|judge|error|run)\b/i, "is not a …"],
  [/\bthere (?:is|are) no such\b/, "was not found"],
  [/\b(?:whoever|nobody)\b/i, "who it is: a reader, a program, a process"],
  [/\bwhat (?:has come|it was given)\b/i, "which thing it is"],
  [/\banew\b/, "again"],
  [/\b(?:is|are) lent\b|\bgives? back (?:its|what it)\b|\btakes what it needs\b/, "allocates, releases, reserves"],
  [/\bwith its ears\b/, "and its listeners"],
  [/\bheeds?\b/, "ignores, or respects"],
  [/\bset aside\b/, "quarantined"],
  [/\ba (?:line|verb|row|file|page|figure|process|panel|folder) each\b/i, "one … per …"],
  [/\bgoes on from there\b/, "resumes from its last checkpoint"],
  [/\bwould ask for again\b/, "unreferenced"],
]
const skipped = new Set(["node_modules", "dist", "must-fail", "reference", "words.mjs", "words.test.ts"])
const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name) || /^\.(?!ci$|vitepress$)/.test(entry.name)) return []
    if (entry.isDirectory()) return filesIn(join(folder, entry.name))
    return /\.(tsx?|mjs|cjs|md)$/.test(entry.name) ? [join(folder, entry.name)] : []
  })
const given = process.argv.slice(2)
const lines = (given.length > 0 ? given : filesIn(".")).flatMap((file) =>
  readFileSync(file, "utf8")
    .split("\n")
    .map((text, index) => ({ file, text, place: `${file}:${index + 1}` })),
)
const found = lines.flatMap(({ text, place }) =>
  habits.flatMap(([habit, say]) => (habit.test(text) ? [`${place}: "${habit.exec(text)[0]}": write ${say}`] : [])),
)
const wide = lines.filter(({ file, text }) => !file.endsWith(".md") && /^\s*(\/\/|\/\*|\* )/.test(text) && [...text].length > commentWidth)
found.push(...wide.map(({ place }) => `${place}: a comment is wider than ${commentWidth} columns: wrap it`))
const newest = ["log", "-20", "--no-merges", "--format=%s"]
const log = given.length > 0 || !existsSync(".git") ? "" : spawnSync("git", newest, { encoding: "utf8" }).stdout.trim()
const isSubject = (text) => /^[a-z0-9][\w /.,-]*: \S/.test(text) && text.length <= subjectLength
for (const subject of log === "" ? [] : log.split("\n").filter((text) => !isSubject(text)))
  found.push(`commit "${subject}": write "scope: imperative" in at most ${subjectLength} characters`)
if (found.length > 0) console.error(found.join("\n"))
process.exitCode = found.length === 0 ? 0 : 1
