/**
 * Counts what the test runner's own reports say: `node count.mjs <report.json>…`. Repeats the
 * failures where they are easy to find, and names what was skipped. A run that left no report has
 * failed, and so has a file that could not be loaded.
 */

import { readFileSync } from "node:fs"

const missing = { success: false, numPassedTests: 0, testResults: [{ name: "all tests", status: "failed", message: "no report" }] }

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return missing
  }
}

const skipped = new Set(["skipped", "pending", "todo", "disabled"])
let passed = 0
let failed = 0
for (const { success, numPassedTests, testResults } of process.argv.slice(2).map(read)) {
  passed += numPassedTests
  if (!success || numPassedTests === 0) process.exitCode = 1
  for (const { name: file, status: fileStatus, message, assertionResults = [] } of testResults) {
    const tests = assertionResults.filter(({ status }) => status !== "passed")
    for (const { fullName, status, failureMessages } of tests) {
      if (skipped.has(status)) console.log(`\nnot tested: ${file}: ${fullName}`)
      else console.log(`\nfailed: ${file}: ${fullName}\n${failureMessages.join("\n")}`)
    }
    const failures = tests.filter(({ status }) => !skipped.has(status)).length
    if (fileStatus === "failed" && failures === 0) console.log(`\nfailed: ${file}\n${message}`)
    failed += fileStatus === "failed" ? Math.max(1, failures) : failures
  }
}
console.log(`\n${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
