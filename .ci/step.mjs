/**
 * One step of CI: `node step.mjs <folder> [--report] <command> [argument]…`. Shows the command's
 * output, keeps it in the folder, and adds a line to steps.jsonl there: the command, how it ended,
 * and the seconds it took. Steps may overlap. With --report the command runs Vitest, whose report
 * and whose errors outside of tests are kept as well (errors.mjs). Exits as the command did.
 */

import { spawn } from "node:child_process"
import { appendFileSync, createWriteStream } from "node:fs"
import { join, resolve } from "node:path"

/** Orphans of a step may hold its output open: it is read for this long after the step's end. */
const lastOutputMs = 1_000

const [folder, ...given] = process.argv.slice(2)
const tested = given[0] === "--report"
const [command, ...rest] = tested ? given.slice(1) : given
const steps = join(folder, "steps.jsonl")
const report = tested ? join(folder, `${process.pid}.json`) : null
const reporters = ["default", "json", resolve(import.meta.dirname, "errors.mjs")].map((name) => `--reporter=${name}`)
const reporting = report === null ? [] : [...(command === "npm" ? ["--"] : []), ...reporters, `--outputFile.json=${report}`]

console.log(`\n== ${[command, ...rest].join(" ")}`)
const started = performance.now()
const log = join(folder, `${process.pid}.log`)
const kept = createWriteStream(log)
const child = spawn(command, [...rest, ...reporting], { stdio: ["inherit", "pipe", "pipe"] })
for (const [stream, shown] of [
  [child.stdout, process.stdout],
  [child.stderr, process.stderr],
])
  stream.on("data", (chunk) => {
    shown.write(chunk)
    kept.write(chunk)
  })

const closed = new Promise((done) => child.once("close", done))
const ended = await new Promise((done) => {
  child.once("error", (error) => done(error.message))
  child.once("exit", (code, signal) => done(code ?? signal))
})
await Promise.race([closed, new Promise((done) => setTimeout(done, lastOutputMs))])
await new Promise((done) => kept.end(done))

const seconds = (performance.now() - started) / 1000
appendFileSync(steps, `${JSON.stringify({ step: [command, ...rest].join(" "), ended, seconds, log, report })}\n`)
console.log(`== ${[command, ...rest].join(" ")}: ${Math.round(seconds)} s${ended === 0 ? "" : `, failed (${ended})`}`)
process.exit(ended === 0 ? 0 : 1)
