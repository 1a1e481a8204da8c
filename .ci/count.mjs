/**
 * Says how CI ended: `node count.mjs <folder>`, after every step (step.mjs). Repeats the failures
 * where they are easy to find, names what was skipped and the steps that failed, and ends with the
 * number of tests. A step that failed although no test did counts as a failure; so does a run that
 * left no report, a file that could not be loaded, and an error outside of tests.
 */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"

/** Of one failure, and of the output of a step that failed. All of it is further up. */
const [messageLines, outputLines] = [12, 30]

const readJson = (file, missing) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return missing
  }
}
const linesOf = (text) => stripVTControlCharacters(text).trimEnd().split("\n")
const beginning = (text) => linesOf(text).slice(0, messageLines).join("\n")
const noTests = { numPassedTests: 0, testResults: [] }
const skippedStatus = new Set(["skipped", "pending", "todo", "disabled"])

/** The failures of a file of tests, and the tests in it that were skipped. */
const readFileResult = ({ name, status, message, assertionResults = [] }) => {
  const open = assertionResults.filter((test) => test.status !== "passed")
  const skipped = open.filter((test) => skippedStatus.has(test.status)).map(({ fullName }) => `${name}: ${fullName}`)
  const failures = open
    .filter((test) => !skippedStatus.has(test.status))
    .map(({ fullName, failureMessages }) => `failed: ${name}: ${fullName}\n${beginning(failureMessages.join("\n"))}`)
  const unloaded = status === "failed" && failures.length === 0 ? [`failed: ${name}\n${beginning(message)}`] : []
  return { skipped, failures: [...failures, ...unloaded] }
}

const tellError = ({ file, test, text }) =>
  `failed outside of a test: ${[file, test && `perhaps in "${test}"`].filter(Boolean).join(": ") || "the runner"}\n${beginning(text)}`

/** What a step says: tests passed, failures, and what was skipped. */
const readStep = ({ step, ended, report, log }) => {
  const read = report === null ? noTests : readJson(report, null)
  const { numPassedTests, testResults } = read ?? noTests
  const errors = report === null ? [] : readJson(`${report}.errors`, [])
  const files = testResults.map(readFileResult)
  const failures = [...files.flatMap((file) => file.failures), ...errors.map(tellError)]
  if (read === null || (ended !== 0 && failures.length === 0)) {
    const end = linesOf(readFileSync(log, "utf8")).slice(-outputLines).join("\n")
    const what = read === null ? "and left no report" : "outside of any test"
    failures.push(`failed: ${step} (${ended}), ${what}. Its output ended so:\n${end}`)
  }
  return { passed: numPassedTests, failures, skipped: files.flatMap((file) => file.skipped) }
}

const steps = linesOf(readFileSync(join(process.argv[2], "steps.jsonl"), "utf8")).map((line) => JSON.parse(line))
const results = steps.map(readStep)
for (const { skipped } of results) for (const test of skipped) console.log(`\nnot tested: ${test}`)
for (const { failures } of results) for (const failure of failures) console.log(`\n${failure}`)

console.log("\nseconds  step")
for (const [index, { step, ended, seconds }] of steps.entries()) {
  const { failures } = results[index]
  const outcome = failures.length === 0 ? "" : `: failed (${ended}), ${failures.length} ${failures.length === 1 ? "failure" : "failures"}`
  console.log(`${seconds.toFixed(0).padStart(7)}  ${step}${outcome}`)
}
console.log(
  `${steps
    .reduce((sum, { seconds }) => sum + seconds, 0)
    .toFixed(0)
    .padStart(7)}  all`,
)

const sum = (count) => results.reduce((total, result) => total + count(result), 0)
const failed = sum(({ failures }) => failures.length)
console.log(`\n${sum(({ passed }) => passed)} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
